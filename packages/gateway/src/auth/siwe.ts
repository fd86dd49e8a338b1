import { verifyMessage } from 'ethers'
import { SiweMessage } from 'siwe'
import { HttpProblem } from '../http/problem'
import type { Nonces } from './nonces'

const MAX_MESSAGE_CHARS = 4096
const SIGNATURE = /^0x[0-9a-fA-F]{130}$/

export interface SiweExpectation {
  /** Where the gateway is reached: a message that was signed for another site is refused. */
  publicUrl: URL
  nonces: Nonces
  now: () => number
}

/**
 * Checks a signed message of EIP-4361: for this site, by its own account, within its time, with a nonce of ours that
 * was never used. Wallets that are contracts are not supported.
 * @returns the account's address, in lower case
 * @throws HttpProblem 401, without saying which check failed
 */
export async function verifySiwe(
  message: unknown,
  signature: unknown,
  { publicUrl, nonces, now }: SiweExpectation,
): Promise<string> {
  const parsed = parseMessage(message)
  if (typeof signature !== 'string' || !isSignedBy(parsed.address, message as string, signature))
    throw refused()
  if (originOf(parsed.uri) !== publicUrl.origin) throw refused()
  const { success } = await parsed.verify(
    { signature, domain: publicUrl.host, time: new Date(now()).toISOString() },
    { suppressExceptions: true },
  )
  // Last: a nonce is used up only by its account, not by whoever sends nonsense with it.
  if (!success || !nonces.use(parsed.nonce)) throw refused()
  return parsed.address.toLowerCase()
}

function parseMessage(message: unknown): SiweMessage {
  if (typeof message !== 'string' || message.length > MAX_MESSAGE_CHARS) throw refused()
  try {
    return new SiweMessage(message)
  } catch {
    throw refused()
  }
}

/** siwe asks the same, but prints what is no signature at all on the console. */
function isSignedBy(address: string, message: string, signature: string): boolean {
  try {
    return SIGNATURE.test(signature) && verifyMessage(message, signature) === address
  } catch {
    return false
  }
}

function originOf(uri: string): string | undefined {
  return URL.canParse(uri) ? new URL(uri).origin : undefined
}

function refused(): HttpProblem {
  return new HttpProblem(401, 'The message or its signature is not valid here', { code: 'NOT_AUTHENTICATED' })
}
