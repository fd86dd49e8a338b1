import { isPlainObject } from '../conversation/json-value'
import { optional, refuseUnknownFields } from '../conversation/message'
import { InvalidInputError } from '../errors/input-errors'
import { parseReadOptions, type ReadOptions } from '../storage/load-options'
import { type ImportData, readUtf8 } from './import-data'
import { type ImportProgress, type ImportReport, ImportTally } from './import-report'
import { type ImportFormat, RecordImporter } from './record-importer'
import { RecordScanner } from './record-scanner'
import type { ImportTarget } from './transfer-target'

/** Options of `importConversations`. */
export interface ImportOptions extends ReadOptions {
  /** Called every 64 KiB, and at the end. */
  onProgress?: (progress: ImportProgress) => void
  /** Left out: told for each record by what it has. */
  format?: ImportFormat
}

/**
 * Reads conversations from `data` and adds to `target` what it lacks.
 * @throws InvalidInputError for wrong arguments, the reason of an abort, and what `target` throws that is not the
 * fault of a record. What was written stays; the same call again goes on from there.
 */
export async function importConversations(
  target: ImportTarget,
  data: ImportData,
  options: ImportOptions,
): Promise<ImportReport> {
  const { format, onProgress, ...read } = parseImportOptions(options)
  const tally = new ImportTally()
  const scanner = new RecordScanner()
  const importer = new RecordImporter({ target, tally, format, read })
  try {
    for await (const bytes of untilAborted(readUtf8(data), read.signal)) {
      tally.report.bytes += bytes.length
      for (const piece of scanner.write(bytes)) await importer.take(piece)
      onProgress?.(tally.progress)
    }
    for (const piece of scanner.end()) await importer.take(piece)
  } finally {
    await importer.finish()
  }
  onProgress?.(tally.progress)
  return tally.report
}

/** Ends with the reason of `signal`, even while the next chunk is waited for. */
async function* untilAborted<T>(
  chunks: AsyncGenerator<T>,
  signal: AbortSignal | undefined,
): AsyncGenerator<T> {
  let abort = () => {}
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal?.reason)
  })
  aborted.catch(() => {})
  if (signal?.aborted === true) abort()
  signal?.addEventListener('abort', abort)
  try {
    for (;;) {
      const { done, value } = await Promise.race([aborted, chunks.next()])
      if (done === true) return
      yield value
    }
  } finally {
    signal?.removeEventListener('abort', abort)
    // Not awaited: a source that hangs does not answer this either.
    chunks.return(undefined).catch(() => {})
  }
}

function parseImportOptions(options: unknown): ImportOptions {
  if (!isPlainObject(options)) throw new InvalidInputError('options', 'must be a plain object')
  const { signal, onProgress, format, ...unknown } = options
  refuseUnknownFields(unknown, [], 'options')
  return {
    ...parseReadOptions(signal === undefined ? {} : { signal }),
    ...optional('onProgress', onProgress, parseListener<ImportProgress>),
    ...optional('format', format, parseFormat),
  }
}

/** @throws InvalidInputError unless `value` is a function */
export function parseListener<T>(value: unknown): (progress: T) => void {
  if (typeof value === 'function') return (progress) => value(progress)
  throw new InvalidInputError('options.onProgress', 'must be a function')
}

function parseFormat(value: unknown): ImportFormat {
  if (value === 's5-conversations' || value === 'chatgpt' || value === 'sharegpt') return value
  throw new InvalidInputError('options.format', 'must be s5-conversations, chatgpt or sharegpt')
}
