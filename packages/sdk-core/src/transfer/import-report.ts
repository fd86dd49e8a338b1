import { SDKError } from '../errors/sdk-error'
import type { RecordPlace } from './record-scanner'

/** How many failures are reported one by one. */
const LISTED_FAILURES = 100

/** A record of the file that could not be imported as a whole. What came before the fault was. */
export interface ImportFailure extends RecordPlace {
  /** Of the conversation, where it was known. */
  id?: string
  reason: string
}

/** How far an import has come. */
export interface ImportProgress {
  /** Read so far, of the file in UTF-8. */
  bytes: number
  /** Conversations that were created or added to. */
  conversations: number
  /** Messages that were added. */
  messages: number
  /** Messages that were there already. */
  skipped: number
  /** Records that could not be imported as a whole. */
  failures: number
}

/** What an import did. */
export interface ImportReport extends ImportProgress {
  /** The first 100 failures. */
  failed: ImportFailure[]
}

/** Faults of a record, not of the import: the next record may be fine. */
const FAULTS_OF_RECORDS = new Set([
  'INVALID_INPUT',
  'IDEMPOTENCY_KEY_REUSED',
  'CONVERSATION_DELETED',
  'CORRUPT_RECORD',
  'DECRYPTION_FAILED',
  'UNSUPPORTED_FORMAT',
])

/** Counts what an import does. */
export class ImportTally {
  readonly report: ImportReport = {
    bytes: 0,
    conversations: 0,
    messages: 0,
    skipped: 0,
    failures: 0,
    failed: [],
  }

  get progress(): ImportProgress {
    const { failed: _, ...progress } = this.report
    return progress
  }

  /** Notes why a record failed. @throws `error` itself where it is not the record's fault */
  fail(place: RecordPlace, id: string | undefined, error: unknown): void {
    if (!(error instanceof SDKError) || !FAULTS_OF_RECORDS.has(error.code)) throw error
    this.failWith(place, id, error.message)
  }

  failWith(place: RecordPlace, id: string | undefined, reason: string): void {
    const { report } = this
    report.failures += 1
    if (report.failed.length < LISTED_FAILURES) {
      report.failed.push({ ...place, ...(id === undefined ? {} : { id }), reason })
    }
  }
}
