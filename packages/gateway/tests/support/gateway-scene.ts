import { createPortal } from '@s5-conversations/s5-portal'
import { createSdk, generateSeedPhrase, type Sdk } from '@s5-conversations/sdk-core'
import { MemoryBackend, MemoryConversationStore } from '@s5-conversations/sdk-core/testing'
import { type HDNodeWallet, Wallet } from 'ethers'
import { SiweMessage } from 'siwe'
import { afterEach } from 'vitest'
import { type GatewayServer, type ServeOptions, serveGateway } from '../../src/index'

const toClose: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const close of toClose.splice(0).reverse()) await close()
})

/** Closed after the test, before what was registered earlier. */
export function closeAfterTest<T extends { close(): Promise<void> }>(closable: T): T {
  toClose.push(() => closable.close())
  return closable
}

export function memorySdk(): Promise<Sdk> {
  return createSdk({ store: new MemoryConversationStore(new MemoryBackend()) })
}

/** An SDK on a real portal of its own; both close after the test. */
export async function s5Sdk(): Promise<Sdk> {
  const portal = closeAfterTest(await createPortal({ port: 0 }))
  return closeAfterTest(await createSdk({ portals: [portal.url], seedPhrase: generateSeedPhrase() }))
}

/** A gateway on a free port; closes after the test. */
export async function startGateway(options: Partial<ServeOptions> = {}): Promise<GatewayServer> {
  const sdk = options.sdk ?? closeAfterTest(await memorySdk())
  return closeAfterTest(await serveGateway({ port: 0, requestsPerSecond: 10_000, ...options, sdk }))
}

/** What a wallet signs to sign in. */
export async function siweText(
  url: string,
  address: string,
  other: Partial<SiweMessage> = {},
): Promise<string> {
  const { nonce } = (await (await fetch(`${url}/auth/nonce`)).json()) as { nonce: string }
  const { host, origin } = new URL(url)
  const place = { domain: host, uri: origin, version: '1', chainId: 1 }
  return new SiweMessage({ ...place, address, nonce, ...other }).prepareMessage()
}

export function verify(url: string, message: string, signature: string): Promise<Response> {
  return fetch(`${url}/auth/verify`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ message, signature }),
  })
}

/** The cookie of a new session, as a header. */
export async function signIn(
  url: string,
  wallet: HDNodeWallet | Wallet = Wallet.createRandom(),
): Promise<string> {
  const message = await siweText(url, wallet.address)
  const response = await verify(url, message, await wallet.signMessage(message))
  if (!response.ok) throw new Error(`signing in gave ${response.status}`)
  return (response.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
}

/** `fetch` as a page has it that has signed in. */
export function fetchWith(cookie: string): typeof fetch {
  return (input, init = {}) => fetch(input, { ...init, headers: { ...init.headers, cookie } })
}

/** Requests to one gateway, signed in as somebody new unless a cookie is given. */
export async function client(url: string, cookie?: string) {
  const signedIn = fetchWith(cookie ?? (await signIn(url)))
  return async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' }
    const response = await signedIn(url + path, {
      method,
      headers: { ...type, ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    const json = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>
    return { status: response.status, headers: response.headers, json }
  }
}

export function user(text: string, id?: string) {
  return { role: 'user' as const, content: text, ...(id === undefined ? {} : { id }) }
}
