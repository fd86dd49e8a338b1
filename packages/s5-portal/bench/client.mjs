// What the measurements need of an S5 client: keys, signed entries, and requests over kept connections.
import { createPrivateKey, createPublicKey, randomBytes, sign } from 'node:crypto'
import { Agent, request } from 'node:http'
import { blake3 } from 'hash-wasm'

const base64url = (bytes) => Buffer.from(bytes).toString('base64url')

const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex')
const SPKI_PREFIX_BYTES = 12

/** Not by `generateKeyPairSync`: in Node 20 what it leaves behind may be collected while a key is exported, and wait for ever. */
export function createKey() {
  const der = Buffer.concat([PKCS8_PREFIX, randomBytes(32)])
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  const raw = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(SPKI_PREFIX_BYTES)
  return { privateKey, publicKey: Buffer.concat([Buffer.of(0xed), raw]) }
}

/** A registry entry of 33 data bytes as the JSON text that is posted. */
export function signEntry(key, revision) {
  const data = Buffer.alloc(33, revision % 251)
  const head = Buffer.alloc(10)
  head[0] = 7
  head.writeBigUInt64LE(BigInt(revision), 1)
  head[9] = data.length
  const signature = sign(null, Buffer.concat([head, data]), key.privateKey)
  return JSON.stringify({
    pk: base64url(key.publicKey),
    revision,
    data: base64url(data),
    signature: base64url(signature),
  })
}

export function createClient(url, connections) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const send = (method, path, headers = {}, body = undefined) =>
    new Promise((resolve, reject) => {
      const outgoing = request(new URL(path, url), { method, agent, headers }, async (response) => {
        const pieces = []
        for await (const piece of response) pieces.push(piece)
        resolve({ status: response.statusCode, text: Buffer.concat(pieces).toString() })
      })
      outgoing.on('error', reject)
      outgoing.end(body)
    })
  return { send, close: () => agent.destroy() }
}

/** @returns the auth token of a fresh account */
export async function registerAccount(client, url) {
  const key = createKey()
  const pubKey = base64url(key.publicKey)
  const { text } = await client.send('GET', `/s5/account/register?pubKey=${pubKey}`)
  const challenge = Buffer.from(JSON.parse(text).challenge, 'base64url')
  const hostHash = Buffer.from(await blake3(new URL(url).host), 'hex')
  const response = Buffer.concat([Buffer.of(1), challenge, hostHash])
  const signature = sign(null, response, key.privateKey)
  const body = { pubKey, response: base64url(response), signature: base64url(signature), label: 'bench' }
  const answer = await client.send('POST', '/s5/account/register', {}, JSON.stringify(body))
  return JSON.parse(answer.text).authToken
}
