export type {
  AppliedChange,
  ContentEdit,
  ConversationChange,
  FieldChange,
  MessageChange,
  MessageIntent,
} from '../conversation/change'
export type { Page } from '../conversation/view'
export type { CommitOutcome, CommitReceipt, ConversationStore } from '../storage/conversation-store'
export type { TransferStats } from '../storage/network'
export { MemoryBackend, type MemoryVersion } from '../storage/stores/memory-backend'
export { MemoryConversationStore } from '../storage/stores/memory-store'
export type { Expect, Expectation, StoreBackend } from './backend'
export { createRandom, type FlakyOptions, flaky } from './flaky'
export { retrying } from './retrying'
export { runConversationStoreSuite, type StoreSuiteOptions, type TestRunner } from './suite'
