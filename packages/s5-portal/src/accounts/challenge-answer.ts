import { bytesEqual } from '../codec/bytes'
import { hashBlake3 } from '../crypto/blake3'
import { verifyEd25519 } from '../crypto/ed25519'
import type { ChallengeKind } from './challenges'

const RESPONSE_BYTES = 65
const CHALLENGE_END = 33
const TYPE_BY_KIND = { register: 1, login: 2 } as const

/** A client's answer to a challenge. */
export interface ChallengeAnswer {
  /** `ed` and the 32 bytes of the account's key. */
  readonly publicKey: Uint8Array
  /** 65 bytes: type (1 register, 2 login), challenge, BLAKE3 of the portal's `host[:port]`. */
  readonly response: Uint8Array
  /** Ed25519 over `response`. */
  readonly signature: Uint8Array
}

/** @returns the challenge that is answered, or `undefined` when the response is not 65 bytes long. */
export function challengeOf(answer: ChallengeAnswer): Uint8Array | undefined {
  return answer.response.length === RESPONSE_BYTES ? answer.response.subarray(1, CHALLENGE_END) : undefined
}

/**
 * Checks type, host and signature; that the challenge is one of ours is `Challenges.take`. The host is in the
 * answer so that a portal cannot pass another portal's challenge on and use the answer there.
 *
 * @returns what is wrong, or `undefined`
 */
export async function findWrongPart(
  kind: ChallengeKind,
  host: string,
  answer: ChallengeAnswer,
): Promise<string | undefined> {
  const { response } = answer
  if (response[0] !== TYPE_BY_KIND[kind]) return `The response is not one for ${kind}`
  const hostHash = await hashBlake3(new TextEncoder().encode(host))
  if (!bytesEqual(response.subarray(CHALLENGE_END), hostHash)) return 'The response is for another host'
  if (!verifyEd25519(answer.publicKey, response, answer.signature)) return 'The signature does not fit'
  return undefined
}
