import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { createRegistryEntry, S5 } from '../../src/index'
import { createClient } from '../support/network'
import { startNode } from '../support/start-node'
import vectors from '../vectors/identity.json'

test('F6: nothing that is thrown by a client with peers holds a phrase, a seed, a key or what a URI carries', async () => {
  const node = await startNode()
  const secret = 'secret-of-the-uri'
  const s5 = await createClient({ initialPeers: [`${node.uri}?token=${secret}`] })
  await s5.recoverIdentityFromSeedPhrase(vectors.phrase.text)
  const seed = new Uint8Array(32).fill(0x5e)
  const keyPair = await s5.crypto.newKeyPairEd25519(seed)
  const entry = await createRegistryEntry({ keyPair, data: new Uint8Array(33), revision: 1 })
  const thrown: unknown[] = []
  const collect = (call: Promise<unknown>) =>
    call.then(
      () => expect.unreachable(),
      (error: unknown) => thrown.push(error),
    )
  await s5.api.registrySet(entry)
  await collect(
    s5.api.registrySet(await createRegistryEntry({ keyPair, data: new Uint8Array(32), revision: 1 })),
  )
  await collect(s5.api.registryGet(new Uint8Array(33).fill(0xed), { timeoutMs: 50 }))
  node.instead = () => {
    node.drop()
    return true
  }
  await collect(s5.api.registryGet(keyPair.publicKey))
  await collect(s5.api.registryGet(keyPair.publicKey))
  await collect(S5.create({ initialPeers: [`${node.uri}?token=${secret}`], timeoutMs: 50 }))
  expect(thrown).toHaveLength(5)
  const shown = [...thrown, s5]
    .map((value) => inspect(value, { depth: 9, showHidden: true }) + JSON.stringify(value) + String(value))
    .join('\n')
    .replaceAll(/[\s,]/g, '')
  const seedText = Array.from(seed, (byte) => byte.toString(16)).join('')
  const words = vectors.phrase.text.split(' ').filter((word) => word.length > 6)
  expect(words.length).toBeGreaterThan(0)
  for (const secretText of [secret, Buffer.from(seed).toString('base64url'), seedText, ...words]) {
    expect(shown.includes(secretText) && secretText).toBe(false)
  }
})
