import { createGatewayStore } from '@s5-conversations/gateway/client'
import { createSdk } from '@s5-conversations/sdk-core'
import { Wallet } from 'ethers'
import { SiweMessage } from 'siwe'
import { expect, test } from './support/test'

const PATH = '/api/gateway'

test('the routes of the gateway keep conversations of who signs in, and of nobody else', async () => {
  const url = `${process.env.HARNESS_URL}${PATH}`
  expect((await fetch(`${url}/conversations`)).status).toBe(401)
  const sdk = await createSdk({ store: createGatewayStore(url, { fetch: withCookie(await signIn(url)) }) })
  await sdk.storage.appendMessage('trip', { role: 'user', content: 'When does the train leave?' })
  expect((await sdk.storage.loadConversation('trip'))?.messages).toHaveLength(1)
  await sdk.close()
  const other = await createSdk({ store: createGatewayStore(url, { fetch: withCookie(await signIn(url)) }) })
  expect(await other.storage.loadConversation('trip')).toBeUndefined()
  await other.close()
})

test('a copy that is out of date is answered 409 by the gateway', async () => {
  const url = `${process.env.HARNESS_URL}${PATH}`
  const fetchIt = withCookie(await signIn(url))
  const put = (version: string) =>
    fetchIt(`${url}/conversations/trip`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json', ...JSON.parse(version) },
      body: JSON.stringify({ messages: [{ role: 'user', content: version }] }),
    })
  expect((await put('{"if-none-match":"*"}')).ok).toBe(true)
  const stale = await put('{"if-match":"\\"7\\""}')
  expect(stale.status).toBe(409)
  expect(await stale.json()).toMatchObject({ error: 'stale_session', local_version: 7, remote_version: 1 })
})

/** Signs a fresh wallet in; gives its cookie. */
async function signIn(url: string): Promise<string> {
  const wallet = Wallet.createRandom()
  const { nonce } = (await (await fetch(`${url}/auth/nonce`)).json()) as { nonce: string }
  const place = `localhost:${new URL(url).port}`
  const said = { domain: place, uri: `http://${place}`, nonce, version: '1', chainId: 1 }
  const message = new SiweMessage({ ...said, address: wallet.address }).prepareMessage()
  const answer = await fetch(`${url}/auth/verify`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ message, signature: await wallet.signMessage(message) }),
  })
  expect(answer.status).toBe(200)
  return answer.headers.get('set-cookie')?.split(';')[0] ?? ''
}

function withCookie(cookie: string): typeof fetch {
  return (input, init) => fetch(input, { ...init, headers: { ...Object(init?.headers), cookie } })
}
