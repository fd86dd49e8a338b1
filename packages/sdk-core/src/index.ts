export type {
  Conversation,
  ConversationInput,
  ConversationSummary,
  JsonValue,
  Message,
  MessageInput,
  MessagePart,
  MessageRole,
} from './conversation/types'
export {
  type CreateSdkOptions,
  createSdk,
  type PortalOptions,
  type Sdk,
  type StoreOptions,
} from './create-sdk'
export { LockTimeoutError, VersionConflictError } from './errors/conflict-errors'
export { ClosedError, NotAuthenticatedError } from './errors/identity-errors'
export { IdempotencyKeyReusedError, InvalidInputError, UnsupportedError } from './errors/input-errors'
export { SDKError, type SDKErrorCode } from './errors/sdk-error'
export {
  ConversationDeletedError,
  CorruptRecordError,
  DecryptionFailedError,
  RevisionConflictError,
  RollbackDetectedError,
  StoreUnavailableError,
  UnsupportedFormatError,
} from './errors/storage-errors'
export {
  type AppendOptions,
  type DeleteOptions,
  StorageManager,
  type StorageResult,
} from './managers/StorageManager'
export type { Logger } from './observe/log'
export type { StorageStats } from './observe/stats'
export type { ConversationList, ConversationStore } from './storage/conversation-store'
export type { VersionInfo } from './storage/history'
export { type ConversationLockOptions, withConversationLock } from './storage/keyed-lock'
export type { ListOptions, LoadOptions, ReadOptions } from './storage/load-options'
export type { SaveOptions } from './storage/save-options'
export { generateSeedPhrase } from './storage/stores/s5-network'
export type { Damage, DamageKind, VerificationReport } from './storage/verify/report'
export type { ConversationListener, ConversationNotice } from './storage/watcher'
