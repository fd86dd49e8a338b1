import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { createPortal } from '@s5-conversations/s5-portal'
import { expect, it } from 'vitest'
import { KeyRing } from '../../src/crypto/keys'
import { grantOf } from '../../src/crypto/sharing-keys'
import { generateSeedPhrase } from '../../src/index'
import { readSeedPhrase } from '../../src/storage/stores/s5-seed-phrase'
import { startFaultProxy } from '../support/fault-proxy'
import { closeAfterTest, startSdk, user } from '../support/fixture'
import { scriptedLlm } from '../support/scripted-llm'

const WORDS = 'the owl keeps seventeen silver keys'

/** Every form in which bytes could leak into text. */
function formsOf(secret: Uint8Array): string[] {
  const bytes = Buffer.from(secret)
  return [bytes.toString('hex'), bytes.toString('base64').replace(/=+$/, ''), bytes.toString('base64url')]
}

it('Neither logs, nor errors, nor URLs, nor the portal’s disk hold a seed, a key or a sealed word', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 's5-secrets-'))
  closeAfterTest({ close: () => rm(dataDir, { recursive: true, force: true }) })
  const portal = closeAfterTest(await createPortal({ port: 0, dataDir }))
  const urls: string[] = []
  const state = { isDown: false }
  const proxy = closeAfterTest(
    await startFaultProxy(portal.url, ({ path }) => {
      urls.push(path)
      return state.isDown ? { kind: 'drop-request' } : { kind: 'none' }
    }),
  )
  const seedPhrase = generateSeedPhrase()
  const logged: unknown[] = []
  const logger = {
    debug: (...line: unknown[]) => logged.push(line),
    warn: (...line: unknown[]) => logged.push(line),
  }
  const sdk = await startSdk(proxy.url, seedPhrase, { logger })
  await sdk.storage.appendMessages('one', [
    user(WORDS),
    { role: 'user', content: WORDS, metadata: { note: WORDS } },
  ])
  await sdk.saveConversation({ id: 'titled', title: WORDS, messages: [user(WORDS)] })
  const session = await sdk.sessions.startSession({ model: 'a-model', provider: 'a-provider' })
  await sdk.sessions.streamMessage(session.id, WORDS, scriptedLlm([WORDS]))
  state.isDown = true
  const errors = await Promise.all([
    sdk.storage.appendMessage('one', user(WORDS)).catch((error: unknown) => error),
    sdk.sessions.streamMessage(session.id, WORDS, scriptedLlm([WORDS])).catch((error: unknown) => error),
    sdk.storage.loadConversation('one').catch((error: unknown) => error),
    sdk.storage
      .appendMessage('one', { role: 'user', content: WORDS, oops: WORDS } as never)
      .catch((e: unknown) => e),
  ])
  state.isDown = false
  await sdk.close()

  const entropy = readSeedPhrase(seedPhrase)
  const keys = new KeyRing(entropy).conversationKeys('one', 0)
  const secrets = [entropy, keys.registrySeed(), keys.recordKey('head', 'head')].flatMap(formsOf)
  const heard = inspect([logged, errors, urls, sdk], {
    depth: 20,
    maxStringLength: null,
    maxArrayLength: null,
  })
  for (const secret of [...secrets, seedPhrase, WORDS]) expect(heard).not.toContain(secret)
  expect(errors).toHaveLength(4)
  expect(logged.length).toBeGreaterThan(0)

  const files = await readdir(dataDir, { recursive: true, withFileTypes: true })
  const contents = await Promise.all(
    files.filter((file) => file.isFile()).map((file) => readFile(join(file.parentPath, file.name))),
  )
  expect(contents.length).toBeGreaterThan(3)
  const raw = [
    Buffer.from(entropy),
    Buffer.from(keys.registrySeed()),
    Buffer.from(WORDS),
    Buffer.from(seedPhrase),
  ]
  for (const content of contents) for (const secret of raw) expect(content.includes(secret)).toBe(false)
})

it('Neither logs, nor errors, nor the portal’s disk hold a key of a share, or a word of it', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 's5-secrets-'))
  closeAfterTest({ close: () => rm(dataDir, { recursive: true, force: true }) })
  const portal = closeAfterTest(await createPortal({ port: 0, dataDir }))
  const logged: unknown[] = []
  const log = (...line: unknown[]) => logged.push(line)
  const options = { logger: { debug: log, warn: log } }
  const [owner, recipient] = [generateSeedPhrase(), generateSeedPhrase()]
  const alice = await startSdk(portal.url, owner, options)
  const bob = await startSdk(portal.url, recipient, options)
  await alice.storage.appendMessage('one', user(WORDS))
  const to = await bob.storage.sharingAddress()
  const capability = await alice.storage.shareConversation('one', { to, write: true })
  const { conversationId } = await bob.storage.openShared(capability)
  await bob.storage.appendMessage(conversationId, user(WORDS))
  await alice.storage.revokeShare('one', { to })
  const errors = await Promise.all([
    bob.storage.loadConversation(conversationId).catch((error: unknown) => error),
    bob.storage.openShared(capability).catch((error: unknown) => error),
    alice.storage.openShared(capability).catch((error: unknown) => error),
  ])
  const shown = inspect([logged, errors, alice, bob], {
    depth: 20,
    maxStringLength: null,
    maxArrayLength: null,
  })
  await Promise.all([alice.close(), bob.close()])

  const keyRing = new KeyRing(readSeedPhrase(owner))
  const grants = [grantOf(keyRing, 'one', 1, true), grantOf(keyRing, 'one', 2, true)]
  const keys = grants.flatMap(({ contentKey, seed }) =>
    seed === undefined ? [contentKey] : [contentKey, seed],
  )
  expect(keys).toHaveLength(4)
  expect(errors.every((error) => error instanceof Error)).toBe(true)
  for (const secret of [...keys.flatMap(formsOf), WORDS, capability]) expect(shown).not.toContain(secret)
  const files = await readdir(dataDir, { recursive: true, withFileTypes: true })
  for (const file of files.filter((each) => each.isFile())) {
    const content = await readFile(join(file.parentPath, file.name))
    for (const secret of [...keys.map((key) => Buffer.from(key)), Buffer.from(WORDS)]) {
      expect(content.includes(secret)).toBe(false)
    }
  }
})
