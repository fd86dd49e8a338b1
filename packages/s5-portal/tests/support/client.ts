import { hashOf, toBase64Url, utf8 } from './bytes'
import type { EntryJson } from './entries'
import { createKey, signWith, type TestKey } from './keys'

export type ChallengeKind = 'register' | 'login'

const TYPES = { register: 1, login: 2 } as const

export interface AnswerOptions {
  readonly host: string
  readonly type?: number
}

/** A body for `POST account/register` and `POST account/login`. */
export async function answerChallenge(
  key: TestKey,
  kind: ChallengeKind,
  challenge: string,
  options: AnswerOptions,
) {
  const response = Buffer.concat([
    Buffer.of(options.type ?? TYPES[kind]),
    Buffer.from(challenge, 'base64url'),
    await hashOf(utf8(options.host)),
  ])
  return {
    pubKey: toBase64Url(key.publicKey),
    response: toBase64Url(response),
    signature: toBase64Url(signWith(key, response)),
    label: 'test',
  }
}

/** A client of one portal, over the platform's `fetch`. */
export function createClient(url: string, host = new URL(url).host) {
  const get = (path: string, headers: Record<string, string> = {}) => fetch(`${url}${path}`, { headers })
  const post = (path: string, body: BodyInit, headers: Record<string, string> = {}) =>
    fetch(`${url}${path}`, { method: 'POST', body, headers })
  const postJson = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    post(path, JSON.stringify(body), { 'content-type': 'application/json', ...headers })

  async function getChallenge(kind: ChallengeKind, key: TestKey): Promise<string> {
    const response = await get(`/s5/account/${kind}?pubKey=${toBase64Url(key.publicKey)}`)
    return ((await response.json()) as { challenge: string }).challenge
  }

  async function authenticate(kind: ChallengeKind, key: TestKey): Promise<Response> {
    const body = await answerChallenge(key, kind, await getChallenge(kind, key), { host })
    return postJson(`/s5/account/${kind}`, body)
  }

  async function register(key: TestKey = createKey()): Promise<string> {
    const response = await authenticate('register', key)
    return ((await response.json()) as { authToken: string }).authToken
  }

  const upload = (token: string, bytes: Uint8Array<ArrayBuffer>) =>
    post('/s5/upload', bytes, {
      authorization: `Bearer ${token}`,
      'content-type': 'application/octet-stream',
    })

  async function uploadForm(
    token: string,
    ...parts: [name: string, content: Blob | string][]
  ): Promise<Response> {
    const form = new FormData()
    for (const [name, content] of parts) form.append(name, content)
    return post('/s5/upload', form, { authorization: `Bearer ${token}` })
  }

  const writeEntry = (entry: EntryJson) => postJson('/s5/registry', entry)
  const readEntry = (pk: string) => get(`/s5/registry?pk=${pk}`)
  const send = (method: string, path: string, token?: string) =>
    fetch(`${url}${path}`, {
      method,
      ...(token !== undefined && { headers: { authorization: `Bearer ${token}` } }),
    })

  return {
    get,
    post,
    postJson,
    send,
    getChallenge,
    authenticate,
    register,
    upload,
    uploadForm,
    writeEntry,
    readEntry,
  }
}

export async function cidOf(response: Response): Promise<string> {
  return ((await response.json()) as { cid: string }).cid
}

export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly error: string
  readonly current?: EntryJson
}

/** Reads a refusal and checks that it is problem details in full. */
export async function problemOf(response: Response): Promise<Problem> {
  const problem = (await response.json()) as Problem
  const isComplete =
    response.headers.get('content-type') === 'application/problem+json' &&
    problem.status === response.status &&
    problem.detail.length > 0 &&
    problem.error === problem.detail
  if (!isComplete) throw new Error(`not problem details: ${JSON.stringify(problem)}`)
  return problem
}
