import type { ConversationStore } from '../storage/conversation-store'
import type { Writer } from './writer'

/** Where several writers keep the same conversations; fresh for each clause, and empty. */
export interface StoreBackend {
  /** One more writer: another device or process of the same owner. */
  openWriter(): Promise<ConversationStore>
  /** Ends what holds the data as `kill -9` would, and starts it again. Open writers go on. */
  crash?(): Promise<void>
  /** Called when all writers are closed. */
  close(): Promise<void>
}

/** What the suite asserts with; Vitest's and Jest's `expect` fit. */
export interface Expectation {
  toBe(expected: unknown): void
  toEqual(expected: unknown): void
}

/** Asserts something of `actual`. */
export type Expect = (actual: unknown) => Expectation

/** One law of stores. */
export interface Clause {
  /** A sentence. */
  name: string
  run(stage: Stage): Promise<void>
}

/** What a clause plays on: a backend of its own. */
export interface Stage {
  expect: Expect
  /** A writer that repeats a commit on retryable errors; closed after the clause. */
  open(): Promise<Writer>
  /** Absent where the backend cannot crash. */
  crash?: () => Promise<void>
}
