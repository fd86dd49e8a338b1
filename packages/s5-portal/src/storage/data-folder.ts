import { mkdir, readdir, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { PortalStartError } from '../start-error'
import { acquireFolderLock, type FolderLock } from './folder-lock'
import { syncFolder } from './folder-sync'

/** The folders of a portal on disk, claimed for one portal. */
export interface DataFolder {
  readonly database: string
  readonly blobs: string
  /** The file with the seed of the node's identity. */
  readonly nodeKey: string
  /** Empty at the start; on the same file system as `blobs`. */
  readonly temporary: string
  readonly lock: FolderLock
}

/**
 * Makes what is missing, claims the folder, and removes what a portal that was killed left half-received.
 *
 * @throws PortalStartError `DATA_DIR_LOCKED` or `DATA_DIR_UNUSABLE`
 */
export async function openDataFolder(path: string): Promise<DataFolder> {
  const root = resolve(path)
  const folders = {
    database: join(root, 'database'),
    blobs: join(root, 'blobs'),
    temporary: join(root, 'temporary'),
  }
  try {
    for (const folder of [root, ...Object.values(folders), join(root, 'lock')]) await makeFolder(folder)
    const lock = await acquireFolderLock(join(root, 'lock'))
    await emptyFolder(folders.temporary)
    return { ...folders, nodeKey: join(root, 'node-key'), lock }
  } catch (cause) {
    throw cause instanceof PortalStartError ? named(root, cause) : unusable(root, cause)
  }
}

/** Node's own recursive `mkdir` does not return where a parent cannot hold folders, such as in `/proc`. */
async function makeFolder(folder: string): Promise<void> {
  try {
    await makeOneFolder(folder)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
    await makeFolder(dirname(folder))
    await makeOneFolder(folder)
  }
}

async function makeOneFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder)
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return
    throw error
  }
  await syncFolder(dirname(folder))
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined
}

async function emptyFolder(folder: string): Promise<void> {
  for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true })
}

function named(root: string, error: PortalStartError): PortalStartError {
  return new PortalStartError(error.code, `cannot use ${root}: ${error.message}`, { cause: error })
}

function unusable(root: string, cause: unknown): PortalStartError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new PortalStartError('DATA_DIR_UNUSABLE', `cannot use ${root} as data folder: ${reason}`, { cause })
}
