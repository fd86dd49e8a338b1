import { open, type RootDatabase, type Transaction } from 'lmdb'
import { PortalStartError } from '../start-error'

/** Held by one live portal at a time. */
export interface FolderLock {
  release(): Promise<void>
}

/**
 * Claims `folder` for this portal. The claim is a read transaction that stays open in an LMDB environment of
 * its own: LMDB ties it to a lock of the operating system, so it ends with the process however that dies,
 * and nothing stale can be left behind.
 *
 * @throws PortalStartError `DATA_DIR_LOCKED` when another live portal, here or in another process, holds it.
 */
export async function acquireFolderLock(folder: string): Promise<FolderLock> {
  const environment = open({ path: folder, noSubdir: false, overlappingSync: false, encoding: 'binary' })
  const transaction = environment.transactionSync(() => claim(environment))
  if (transaction === undefined) {
    await environment.close()
    throw new PortalStartError('DATA_DIR_LOCKED', 'another portal is running on this data folder')
  }
  held.add(transaction)
  return { release: () => release(environment, transaction) }
}

/** A transaction that nobody holds is ended by the garbage collector, and the claim with it. */
const held = new Set<Transaction>()

function release(environment: RootDatabase, transaction: Transaction): Promise<void> {
  held.delete(transaction)
  transaction.done()
  return environment.close()
}

/** Runs inside a write transaction, which the operating system gives to one process at a time. */
function claim(environment: RootDatabase): Transaction | undefined {
  environment.readerCheck()
  const hasReaders = /\d/.test(environment.readerList())
  return hasReaders ? undefined : environment.useReadTransaction()
}
