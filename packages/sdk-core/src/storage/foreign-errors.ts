import { SDKError } from '../errors/sdk-error'
import { RevisionConflictError } from '../errors/storage-errors'

/** How S5 clients other than ours say that a revision was too low. */
const CONFLICT_TEXTS = ['Revision number too low', 'DirectoryTransactionException']

/**
 * The SDK's word for what a foreign store or client threw: a conflict is known by its text, which may lie in
 * the message, in `String(error)` or in `error.e`. An empty message alone says nothing. All else stays as it is.
 */
export function translateForeignError(error: unknown): unknown {
  if (error instanceof SDKError || !(error instanceof Error)) return error
  const { e } = error as { e?: unknown }
  const texts = [error.message, String(error), String(e)]
  const isConflict = texts.some((text) => CONFLICT_TEXTS.some((known) => text.includes(known)))
  return isConflict ? new RevisionConflictError(error.message || String(error), error) : error
}
