export { S5 } from './client/s5'
export type { DownloadOptions, ListenOptions, S5APIInterface } from './client/s5-api'
export type { S5CreateOptions } from './client/s5-options'
export { hashBlake3 } from './crypto/blake3'
export type { CryptoImplementation } from './crypto/crypto-implementation'
export { JSCryptoImplementation } from './crypto/js-crypto-implementation'
export { KeyPairEd25519 } from './crypto/key-pair'
export { Secret } from './crypto/secret'
export {
  AccountExistsError,
  ClosedError,
  InvalidInputError,
  InvalidSeedPhraseError,
  NoPortalsError,
  NotAuthenticatedError,
  type SeedPhraseFault,
  UnsupportedError,
} from './errors/caller-errors'
export { BlobNotFoundError, CorruptDataError, RegistryConflictError } from './errors/data-errors'
export { DeadlineExceededError, PortalRejectedError, PortalUnreachableError } from './errors/network-errors'
export {
  NoPeerAnsweredError,
  NotConnectedError,
  PeerUnreachableError,
  ReconnectionTimeoutError,
} from './errors/peer-errors'
export { S5Error, type S5ErrorCode, type S5ErrorOptions } from './errors/s5-error'
export { StoreFailedError } from './errors/store-errors'
export type { CallOptions } from './http/call-options'
export type { TransferStats } from './http/transfer-stats'
export { BlobIdentifier } from './identifier/blob-identifier'
export {
  entropyToSeedPhrase,
  generateSeedPhrase,
  seedPhraseToEntropy,
  validateSeedPhrase,
} from './identity/seed-phrase'
export { S5UserIdentity } from './identity/user-identity'
export type { ConnectionStatus } from './p2p/peer-network'
export type { RegistryEntry } from './registry/entry'
export { deserializeRegistryEntry, serializeRegistryEntry } from './registry/entry-wire'
export { createRegistryEntry, type RegistryEntryInput, verifyRegistryEntry } from './registry/sign-entry'
export { createFolderStore } from './store/folder-store'
export { createIndexedDbStore } from './store/indexed-db-store'
export { type KeyValueStore, MemoryKeyValueStore } from './store/key-value-store'
