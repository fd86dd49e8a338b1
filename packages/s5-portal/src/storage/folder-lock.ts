import { open, type RootDatabase } from 'lmdb'
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
  if (!environment.transactionSync(() => claim(environment))) {
    await environment.close()
    throw new PortalStartError('DATA_DIR_LOCKED', 'another portal is running on this data folder')
  }
  return { release: () => environment.close() }
}

/** Runs inside a write transaction, which the operating system gives to one process at a time. */
function claim(environment: RootDatabase): boolean {
  environment.readerCheck()
  const hasReaders = /\d/.test(environment.readerList())
  if (!hasReaders) environment.useReadTransaction()
  return !hasReaders
}
