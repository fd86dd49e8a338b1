import { setCookie } from 'hono/cookie'
import { challengeOf, findWrongPart } from '../accounts/challenge-answer'
import type { ChallengeKind } from '../accounts/challenges'
import { decodeBase64Url, encodeBase64Url } from '../codec/base64url'
import { isPublicKey } from '../crypto/ed25519'
import { clientOf } from '../limits/client-limits'
import { requireAccount, requireInvitation, TOKEN_COOKIE, unauthorized } from './account-guard'
import { bytesMember, readJsonObject } from './json-body'
import type { PortalContext, PortalParts } from './portal-parts'
import { HttpProblem } from './problem'

/** `GET account/register`: a challenge for the key in `pubKey`. */
export async function getRegisterChallenge(context: PortalContext, parts: PortalParts): Promise<Response> {
  requireInvitation(context, parts)
  return issueChallenge(context, parts, 'register')
}

/** `GET account/login`: the same; it does not tell whether the key has an account. */
export async function getLoginChallenge(context: PortalContext, parts: PortalParts): Promise<Response> {
  return issueChallenge(context, parts, 'login')
}

/** `POST account/register`: opens an account, or finds it, and answers with a fresh token. */
export async function register(context: PortalContext, parts: PortalParts): Promise<Response> {
  requireInvitation(context, parts)
  const publicKey = await checkAnswer(context, parts, 'register')
  const authToken = await parts.accounts.register(publicKey)
  parts.counters.add('registrations')
  setCookie(context, TOKEN_COOKIE, authToken, { httpOnly: true, sameSite: 'Strict', path: '/' })
  return context.json({ authToken })
}

/** `POST account/login`: a fresh token for a key that has an account. */
export async function login(context: PortalContext, parts: PortalParts): Promise<Response> {
  const publicKey = await checkAnswer(context, parts, 'login')
  const authToken = await parts.accounts.login(publicKey)
  if (authToken === undefined) throw new HttpProblem(404, 'This key has no account here: register it first')
  parts.counters.add('logins')
  return context.json({ authToken })
}

/** `GET account`: what the portal keeps for the account of the token. */
export async function getAccount(context: PortalContext, parts: PortalParts): Promise<Response> {
  const record = parts.accounts.get(requireAccount(context, parts))
  if (record === undefined) throw unauthorized('The account is gone')
  const { createdAt, pins, bytes } = record
  return context.json({ createdAt: new Date(createdAt).toISOString(), pins, bytes })
}

function issueChallenge(context: PortalContext, parts: PortalParts, kind: ChallengeKind): Response {
  const publicKey = decodeBase64Url(context.req.query('pubKey') ?? '')
  const { remoteAddress } = context.env.incoming.socket
  const owner = { address: clientOf(remoteAddress), max: parts.gate.limits(remoteAddress).challenges }
  const challenge = parts.challenges.issue(kind, requirePublicKey(publicKey), owner)
  return context.json({ challenge: encodeBase64Url(challenge) })
}

async function checkAnswer(context: PortalContext, parts: PortalParts, kind: ChallengeKind) {
  const body = await readJsonObject(context.env.incoming)
  const answer = {
    publicKey: requirePublicKey(bytesMember(body, 'pubKey')),
    response: bytesMember(body, 'response'),
    signature: bytesMember(body, 'signature'),
  }
  const challenge = challengeOf(answer)
  if (challenge === undefined) throw new HttpProblem(400, 'response must have 65 bytes')
  const isWaiting = parts.challenges.take(kind, answer.publicKey, challenge)
  if (!isWaiting) throw unauthorized('The challenge is unknown, used or expired')
  const problem = await findWrongPart(kind, portalHost(context, parts), answer)
  if (problem !== undefined) throw unauthorized(problem)
  return answer.publicKey
}

function requirePublicKey(key: Uint8Array | undefined): Uint8Array {
  if (key === undefined || !isPublicKey(key)) {
    throw new HttpProblem(400, 'pubKey must be the byte ed and 32 key bytes, as base64url')
  }
  return key
}

/** The name by which the client reached the portal, as its URL has it. */
function portalHost(context: PortalContext, { publicHost }: PortalParts): string {
  return publicHost ?? (context.req.header('host') ?? '').toLowerCase()
}
