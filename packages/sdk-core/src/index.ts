export type { ProgressOptions } from './auth/all-conversations'
export type { AuthState, AuthStats, SignedOutReason } from './auth/auth-state'
export type { DeviceStorage } from './auth/device-storage'
export { PhraseVault } from './auth/phrase-vault'
export { type ProposedPhrase, proposeRecoveryPhrase } from './auth/recovery-phrase'
export type { PhraseSignIn, SignInInput, WalletSignIn } from './auth/sign-in'
export type { WalletOptions } from './auth/wallet-options'
export type { WalletSigner } from './auth/wallet-signer'
export { type WalletTypedData, walletSeedTypedData } from './auth/wallet-typed-data'
export type { ConversationChange, SessionCondition } from './conversation/change'
export type { ListPage } from './conversation/listing'
export type {
  Conversation,
  ConversationInput,
  ConversationSummary,
  JsonValue,
  Message,
  MessageInput,
  MessagePart,
  MessageRole,
  SharedBy,
} from './conversation/types'
export type { Page } from './conversation/view'
export {
  type CreateSdkOptions,
  createSdk,
  type PortalOptions,
  type Sdk,
  type StoreOptions,
} from './create-sdk'
export {
  ConversationEngine,
  type ConversationEngineOptions,
  type EngineStorage,
} from './engine/conversation-engine'
export type { GenerateStep, GenerateStepInput, StepPieces } from './engine/generation'
export type { Tool, ToolCall, ToolContext, Tools } from './engine/tools'
export type { ConversationTurn, TurnResult } from './engine/turn'
export { LockTimeoutError, QueueFullError, VersionConflictError } from './errors/conflict-errors'
export { ClosedError, NotAuthenticatedError } from './errors/identity-errors'
export { IdempotencyKeyReusedError, InvalidInputError, UnsupportedError } from './errors/input-errors'
export { LocalStoreError, type LocalStoreProblem } from './errors/local-errors'
export { SDKError, type SDKErrorCode } from './errors/sdk-error'
export { GenerationFailedError, SessionStateError, StaleSessionError } from './errors/session-errors'
export { ReadOnlyError, ShareRevokedError } from './errors/sharing-errors'
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
  AccountChangedError,
  AuthStateError,
  NewIdentityError,
  SignatureRejectedError,
  SignerFailedError,
  SignerNotDeterministicError,
  UnsupportedWalletError,
  WrongPassphraseError,
} from './errors/wallet-errors'
export { type DebouncedOutcome, DebouncedSave, type DebouncedSaveOptions } from './local/debounced-save'
export type { FailedSave, Outbox } from './local/outbox'
export type { SaveStatus, SyncStatus } from './local/sync-status'
export {
  AtomicConversationService,
  type AtomicStats,
  type LoadOutcome,
  type SaveConversationsOptions,
  type SaveOutcome,
} from './managers/AtomicConversationService'
export { AuthStateManager } from './managers/AuthStateManager'
export { SessionManager } from './managers/SessionManager'
export { type DeleteOptions, StorageManager } from './managers/StorageManager'
export type { Logger } from './observe/log'
export type {
  Notification,
  NotificationAction,
  NotificationEvent,
  NotificationOptions,
  NotificationStats,
} from './observe/notification'
export { NotificationService } from './observe/notification-service'
export type { PersistenceKind } from './observe/persistence-kinds'
export type { PortalStats, StorageStats } from './observe/stats'
export type { Generate, GenerateInput } from './session/generation'
export type { Session, SessionStart, SessionStatus } from './session/session'
export type { ListSessionsOptions, SessionPage } from './session/session-index'
export type { StreamedAnswer, StreamOptions } from './session/stream'
export type { ResumedSession } from './session/take-over'
export type {
  CommitOutcome,
  CommitReceipt,
  ConversationList,
  ConversationStore,
  OpenedShare,
  SharedList,
  StoreSharing,
} from './storage/conversation-store'
export type { VersionInfo } from './storage/history'
export type { ConversationInspection, SegmentInspection } from './storage/inspection'
export { type ConversationLockOptions, withConversationLock } from './storage/keyed-lock'
export type { ListOptions, LoadOptions, ReadOptions } from './storage/load-options'
export type { TransferStats } from './storage/network'
export type { AppendOptions, SaveOptions } from './storage/save-options'
export type { ShareOptions } from './storage/share-options'
export type { StorageResult } from './storage/storage-result'
export { generateSeedPhrase } from './storage/stores/s5-seed-phrase'
export type {
  Damage,
  DamageKind,
  VerificationReport,
  VerifiedCounts,
  VerifyOptions,
} from './storage/verify/report'
export type { ConversationListener, ConversationNotice } from './storage/watcher'
export type { ExportFormat, ExportOptions, ExportProgress } from './transfer/export-conversations'
export type { ImportOptions } from './transfer/import-conversations'
export type { ImportData } from './transfer/import-data'
export type { ImportFailure, ImportProgress, ImportReport } from './transfer/import-report'
export type { ImportFormat } from './transfer/record-importer'
