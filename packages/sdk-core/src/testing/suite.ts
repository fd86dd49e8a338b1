import type { Clause, Expect, Stage, StoreBackend } from './backend'
import { conditionClauses } from './condition-clauses'
import { deletionClauses } from './deletion-clauses'
import { editClauses } from './edit-clauses'
import { failureClauses } from './failure-clauses'
import { presenceClauses } from './presence-clauses'
import { readingClauses } from './reading-clauses'
import { removalClauses } from './removal-clauses'
import { replayClauses } from './replay-clauses'
import { retrying } from './retrying'
import { sessionClauses } from './session-clauses'
import { Writer } from './writer'
import { writerClauses } from './writer-clauses'

/** Longer than any clause takes on a slow machine, in ms. */
const CLAUSE_TIMEOUT_MS = 60_000

/** Which store the suite is run on. */
export interface StoreSuiteOptions {
  /** Names the store in the report. */
  name: string
  /** Called once for each clause; what it gives holds no conversations yet. */
  createBackend(): Promise<StoreBackend>
}

/** The functions of a test runner: those of Vitest and Jest fit. */
export interface TestRunner {
  describe(name: string, body: () => void): void
  it(name: string, body: () => Promise<void>, timeoutMs: number): void
  expect: Expect
}

const CLAUSES: readonly Clause[] = [
  ...presenceClauses,
  ...writerClauses,
  ...conditionClauses,
  ...sessionClauses,
  ...replayClauses,
  ...deletionClauses,
  ...removalClauses,
  ...editClauses,
  ...readingClauses,
  ...failureClauses,
]

/**
 * Says what every {@link ConversationStore} has to keep to, one test for each law. Commits are repeated on
 * retryable errors, so a store may fail now and then, but it may not lie.
 * @example
 * import { describe, expect, it } from 'vitest'
 * runConversationStoreSuite({ name: 'my store', createBackend }, { describe, it, expect })
 */
export function runConversationStoreSuite(options: StoreSuiteOptions, runner: TestRunner): void {
  runner.describe(`${options.name} keeps to the port of conversation stores`, () => {
    for (const clause of CLAUSES) {
      runner.it(clause.name, () => play(clause, options, runner.expect), CLAUSE_TIMEOUT_MS)
    }
  })
}

async function play(clause: Clause, options: StoreSuiteOptions, expect: Expect): Promise<void> {
  const backend = await options.createBackend()
  const writers: Writer[] = []
  const open = async () => {
    const writer = new Writer(retrying(await backend.openWriter()))
    writers.push(writer)
    return writer
  }
  const stage: Stage = { expect, open, ...crashOf(backend) }
  try {
    await clause.run(stage)
  } finally {
    await Promise.all(writers.map((writer) => writer.close()))
    await backend.close()
  }
}

function crashOf(backend: StoreBackend): Pick<Stage, 'crash'> {
  return backend.crash === undefined ? {} : { crash: () => backend.crash?.() ?? Promise.resolve() }
}
