import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import * as sdk from '../../src/index'

const PACKAGE = fileURLToPath(new URL('../..', import.meta.url))

const NAMES = [
  'AccountChangedError',
  'AtomicConversationService',
  'AuthStateError',
  'AuthStateManager',
  'ClosedError',
  'ConversationDeletedError',
  'ConversationEngine',
  'CorruptRecordError',
  'DebouncedSave',
  'DecryptionFailedError',
  'GenerationFailedError',
  'IdempotencyKeyReusedError',
  'InvalidInputError',
  'LocalStoreError',
  'LockTimeoutError',
  'NewIdentityError',
  'NotAuthenticatedError',
  'NotificationService',
  'PhraseVault',
  'QueueFullError',
  'ReadOnlyError',
  'RevisionConflictError',
  'RollbackDetectedError',
  'SDKError',
  'SessionManager',
  'SessionStateError',
  'ShareRevokedError',
  'SignatureRejectedError',
  'SignerFailedError',
  'SignerNotDeterministicError',
  'StaleSessionError',
  'StorageManager',
  'StoreUnavailableError',
  'UnsupportedError',
  'UnsupportedFormatError',
  'UnsupportedWalletError',
  'VersionConflictError',
  'WrongPassphraseError',
  'createSdk',
  'generateSeedPhrase',
  'proposeRecoveryPhrase',
  'walletSeedTypedData',
  'withConversationLock',
]

/** What a plain Node process prints that runs `code` in this package's folder. */
function inPlainNode(inputType: 'module' | 'commonjs', code: string): string {
  const args = [`--input-type=${inputType}`, '--eval', code]
  return execFileSync(process.execPath, args, {
    cwd: PACKAGE,
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  })
}

it('The public names are these and no others', () => {
  expect(Object.keys(sdk).sort()).toEqual(NAMES)
})

it('The built package has the same names for plain Node, by import and by require', () => {
  const print = 'console.log(JSON.stringify(Object.keys(sdk).filter((name) => name !== "default").sort()))'
  const imported = inPlainNode('module', `import * as sdk from '@s5-conversations/sdk-core'; ${print}`)
  const required = inPlainNode('commonjs', `const sdk = require('@s5-conversations/sdk-core'); ${print}`)
  expect(JSON.parse(imported)).toEqual(NAMES)
  expect(JSON.parse(required)).toEqual(NAMES)
})

it('A fresh seed phrase has fifteen words and is never the same', () => {
  const phrases = Array.from({ length: 20 }, () => sdk.generateSeedPhrase())
  for (const phrase of phrases) expect(phrase.split(' ')).toHaveLength(15)
  expect(new Set(phrases).size).toBe(20)
})

it('The wallets of browsers are apart, and ethers with them: the SDK itself needs none of it', () => {
  const print = (path: string) =>
    inPlainNode(
      'module',
      `import * as wallet from '@s5-conversations/sdk-core${path}'; console.log(Object.keys(wallet).join())`,
    )
  expect(print('/wallet').trim()).toBe('discoverWallets')
  const loaded = inPlainNode(
    'commonjs',
    `require('@s5-conversations/sdk-core'); console.log(Object.keys(require.cache).filter((path) => path.includes('ethers')).length)`,
  )
  expect(loaded.trim()).toBe('0')
})

it('Databases are apart, and pg and PGlite with them', () => {
  const names = inPlainNode(
    'module',
    `import * as postgres from '@s5-conversations/sdk-core/postgres'; console.log(Object.keys(postgres).join())`,
  )
  expect(names.trim()).toBe('copyConversations,createPostgresStore,migratePostgres,openPglite,openPostgres')
  const loaded = inPlainNode(
    'commonjs',
    `require('@s5-conversations/sdk-core/postgres'); console.log(Object.keys(require.cache).filter((path) => /node_modules.(pg|@electric-sql)/.test(path)).length)`,
  )
  expect(loaded.trim()).toBe('0')
})

it('Observers are apart: who needs no user interface does not load them', () => {
  const names = inPlainNode(
    'module',
    `import * as observers from '@s5-conversations/sdk-core/observers'; console.log(Object.keys(observers).join())`,
  )
  expect(names.trim()).toBe(
    'ALL_SAVED,ChatObserver,ConversationListObserver,ConversationObserver,EMPTY_LIST,LOADING,NO_NOTIFICATIONS,Observed,createMessageId,createObservers,emptyChat,observersOf',
  )
})
