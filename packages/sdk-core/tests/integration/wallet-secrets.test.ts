import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { createPortal } from '@s5-conversations/s5-portal'
import { expect, it } from 'vitest'
import { readSignature } from '../../src/auth/wallet-signature'
import { typedDataDigest, walletSeedTypedData } from '../../src/auth/wallet-typed-data'
import { KeyRing } from '../../src/crypto/keys'
import { entropyOfSignature } from '../../src/crypto/signature-entropy'
import { createSdk, PhraseVault, proposeRecoveryPhrase } from '../../src/index'
import { entropyToSeedPhrase } from '../../src/storage/stores/s5-seed-phrase'
import { MemoryBackend, MemoryConversationStore } from '../../src/testing/index'
import { startFaultProxy } from '../support/fault-proxy'
import { closeAfterTest, user } from '../support/fixture'
import { createDeviceStorage, createEthersWallet, createTestWallet } from '../support/wallets'

const WORDS = 'the heron waits under seven bridges'
const PASSPHRASE = 'nine umbrellas and a ladder'

/** Every form in which bytes could leak into text. */
function formsOf(secret: Uint8Array): string[] {
  const bytes = Buffer.from(secret)
  return [bytes.toString('hex'), bytes.toString('base64').replace(/=+$/, ''), bytes.toString('base64url')]
}

async function readFolder(folder: string): Promise<Buffer[]> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true })
  return Promise.all(
    files.filter((file) => file.isFile()).map((file) => readFile(join(file.parentPath, file.name))),
  )
}

it('Neither logs, errors, URLs, the device nor the portal’s disk hold what a wallet or a passphrase opens', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 's5-wallet-secrets-'))
  closeAfterTest({ close: () => rm(dataDir, { recursive: true, force: true }) })
  const portal = closeAfterTest(await createPortal({ port: 0, dataDir }))
  const heard: unknown[] = []
  const state = { isDown: false }
  const proxy = closeAfterTest(
    await startFaultProxy(portal.url, ({ path }) => {
      heard.push(path)
      return state.isDown ? { kind: 'drop-request' } : { kind: 'none' }
    }),
  )
  const logger = {
    debug: (...line: unknown[]) => heard.push(line),
    warn: (...line: unknown[]) => heard.push(line),
  }
  const key = createEthersWallet()
  const wallet = createTestWallet(key)
  const deviceStorage = createDeviceStorage()
  const sdk = closeAfterTest(
    await createSdk({
      portals: [proxy.url],
      signer: wallet,
      confirmNewIdentity: () => true,
      deviceStorage,
      signedOut: new MemoryConversationStore(new MemoryBackend()),
      logger,
    }),
  )
  sdk.auth.subscribe((each) => heard.push(each))
  const hear = (call: Promise<unknown>) =>
    call.then(
      () => {},
      (error: unknown) => heard.push(error),
    )
  await sdk.storage.appendMessage('one', user(WORDS))
  await sdk.auth.signOut()
  await sdk.storage.appendMessage('two', user(WORDS))
  state.isDown = true
  await sdk.auth.signIn()
  await hear(sdk.storage.loadConversation('one'))
  state.isDown = false
  heard.push(inspect(sdk, { depth: 20, getters: true }), sdk.auth.getStats())
  await sdk.auth.signOut()

  const proposed = proposeRecoveryPhrase()
  const phrase = proposed.show()
  await hear(Promise.resolve().then(() => proposed.confirm(phrase.split(' '))))
  const vault = new PhraseVault(deviceStorage, { scryptN: 2 ** 8 })
  await vault.keep(phrase, PASSPHRASE)
  await hear(vault.unlock('another one'))
  await hear(vault.keep(phrase.replace(/^\w+/, 'xyzzy'), PASSPHRASE))
  await sdk.auth.signIn({ seedPhrase: (await vault.unlock(PASSPHRASE)) ?? '' })
  await sdk.storage.appendMessage('three', user(WORDS))
  await sdk.close()
  heard.push(inspect(sdk, { depth: 20 }), inspect([proposed.positions, vault], { depth: 20 }))

  const data = walletSeedTypedData(wallet.address)
  const signature = await key.signTypedData(data.domain, data.types, data.message)
  const entropy = entropyOfSignature(readSignature(signature, typedDataDigest(data), wallet.address))
  const keys = new KeyRing(entropy).conversationKeys('one', 0)
  const bytes = [
    entropy,
    Buffer.from(signature.slice(2, 130), 'hex'),
    Buffer.from(key.privateKey.slice(2), 'hex'),
    keys.registrySeed(),
    keys.recordKey('head', 'head'),
  ]
  const texts = [entropyToSeedPhrase(entropy), phrase, PASSPHRASE, WORDS]
  const clear = inspect([heard, [...deviceStorage.values]], {
    depth: 20,
    maxStringLength: null,
    maxArrayLength: null,
  })
  for (const secret of [...bytes.flatMap(formsOf), ...texts]) expect(clear).not.toContain(secret)
  expect(clear).toMatch(/STORE_UNAVAILABLE[\s\S]*DECRYPTION_FAILED/)
  const disk = await readFolder(dataDir)
  expect(disk.length).toBeGreaterThan(3)
  for (const secret of [...bytes, ...texts].map((each) => Buffer.from(each))) {
    for (const content of disk) expect(content.includes(secret)).toBe(false)
  }
})
