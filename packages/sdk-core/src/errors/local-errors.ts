import { SDKError } from './sdk-error'

/**
 * What is wrong with the database of this device: there is none, it is full, another tab blocks its upgrade,
 * a newer SDK has upgraded it, or it failed otherwise (see `cause`).
 */
export type LocalStoreProblem = 'missing' | 'full' | 'blocked' | 'outdated' | 'failed'

const ADVICE: Record<LocalStoreProblem, string> = {
  missing: 'This browser does not let the app keep data. Please check its settings.',
  full: 'This device has no room left. Please free some, then try again.',
  blocked: 'The app is open in another tab in an older version. Please close that tab.',
  outdated: 'The app was updated. Please reload.',
  failed: 'This device could not save just now. Please try again.',
}

/** Nothing could be kept on this device; what failed was not saved there, and not acknowledged. */
export class LocalStoreError extends SDKError {
  override readonly name = 'LocalStoreError'
  readonly problem: LocalStoreProblem

  constructor(problem: LocalStoreProblem, cause?: unknown) {
    super('STORE_UNAVAILABLE', `the local database is not usable: ${problem}`, {
      userMessage: ADVICE[problem],
      retryable: problem === 'failed',
      cause,
    })
    this.problem = problem
  }
}
