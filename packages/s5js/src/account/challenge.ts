import { fromBase64url, toBase64url } from '../bytes/base64url'
import { concatBytes, utf8 } from '../bytes/bytes'
import { hashBlake3 } from '../crypto/blake3'
import { signEd25519 } from '../crypto/ed25519'
import type { KeyPairEd25519 } from '../crypto/key-pair'
import { CorruptDataError } from '../errors/data-errors'
import type { Call } from '../http/call-options'
import type { PortalAnswer } from '../http/portal-answer'
import type { HttpTransport } from '../http/transport'
import type { Portal } from '../portal/portal'

const KIND_BYTE = { register: 0x01, login: 0x02 } as const
const CHALLENGE_BYTES = 32
const LABEL = 's5.js'

export interface AuthenticationRequest {
  kind: 'register' | 'login'
  keyPair: KeyPairEd25519
  /** Some portals let only those register who hold one. */
  inviteCode?: string | undefined
}

/** Proves to a portal that we hold the account key; the token it gives for that. */
export async function authenticate(
  transport: HttpTransport,
  portal: Portal,
  { kind, keyPair, inviteCode }: AuthenticationRequest,
  call: Call,
): Promise<string> {
  const pubKey = toBase64url(keyPair.publicKey)
  const target = { path: `account/${kind}`, token: inviteCode }
  const asked = await transport.send(portal, { ...target, method: 'GET', query: { pubKey } }, call)
  const response = await challengeResponse(kind, await readChallenge(asked), portal.host)
  const signature = toBase64url(await signEd25519(keyPair, response))
  const answer = JSON.stringify({ pubKey, response: toBase64url(response), signature, label: LABEL })
  const body = { bytes: utf8(answer), contentType: 'application/json' }
  return readToken(await transport.send(portal, { ...target, method: 'POST', body }, call))
}

/** The 65 bytes to sign: kind, challenge, BLAKE3 of the host, so that no other portal can use them. */
export async function challengeResponse(
  kind: AuthenticationRequest['kind'],
  challenge: Uint8Array,
  host: string,
): Promise<Uint8Array> {
  return concatBytes(new Uint8Array([KIND_BYTE[kind]]), challenge, await hashBlake3(utf8(host)))
}

async function readChallenge(answer: PortalAnswer): Promise<Uint8Array> {
  if (!answer.isSuccess) throw await answer.failure()
  const text: unknown = Object(await answer.json()).challenge
  const challenge = typeof text === 'string' ? fromBase64url(text) : undefined
  if (challenge?.length !== CHALLENGE_BYTES) throw new CorruptDataError('The portal sent no challenge')
  return challenge
}

async function readToken(answer: PortalAnswer): Promise<string> {
  if (!answer.isSuccess) throw await answer.failure()
  const cookie = answer.setCookies.map(tokenOfCookie).find((token) => token !== undefined)
  const token: unknown = cookie ?? Object(await answer.json()).authToken
  if (cookie !== undefined) await answer.discard()
  if (typeof token !== 'string' || token === '') throw new CorruptDataError('The portal sent no token')
  return token
}

function tokenOfCookie(cookie: string): string | undefined {
  return /^\s*s5-auth-token=([^;\s]+)/.exec(cookie)?.[1]
}
