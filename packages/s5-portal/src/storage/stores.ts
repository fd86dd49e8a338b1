import type { BlobStore } from '../blobs/blob-store'
import { DiskBlobStore } from '../blobs/disk-blob-store'
import { MemoryBlobStore } from '../blobs/memory-blob-store'
import { createNodeSeed, loadNodeSeed } from '../p2p/node-key'
import { PortalStartError } from '../start-error'
import { type DataFolder, openDataFolder } from './data-folder'
import type { Database } from './database'
import { syncFolder } from './folder-sync'
import { LmdbDatabase } from './lmdb-database'
import { MemoryDatabase } from './memory-database'

/** Where a portal keeps what it is given. */
export interface Stores {
  readonly database: Database
  readonly blobs: BlobStore
  /** 32 bytes: the identity of the node. */
  readonly nodeSeed: Uint8Array
  close(): Promise<void>
}

/**
 * Opens the stores in `dataDir`, or in memory when there is none.
 *
 * @throws PortalStartError when the folder cannot be used or another portal uses it
 */
export async function openStores(dataDir: string | undefined): Promise<Stores> {
  return dataDir === undefined ? openMemoryStores() : openDiskStores(dataDir)
}

function openMemoryStores(): Stores {
  const database = new MemoryDatabase()
  const nodeSeed = createNodeSeed()
  return { database, blobs: new MemoryBlobStore(), nodeSeed, close: () => database.close() }
}

async function openDiskStores(dataDir: string): Promise<Stores> {
  const folder = await openDataFolder(dataDir)
  const [nodeSeed, database] = await Promise.all([openNodeKey(folder), openDatabase(folder)]).catch(
    async (error: unknown) => {
      await folder.lock.release()
      throw error
    },
  )
  const close = async () => {
    await database.close()
    await folder.lock.release()
  }
  return { database, blobs: new DiskBlobStore(folder.blobs, folder.temporary), nodeSeed, close }
}

async function openNodeKey(folder: DataFolder): Promise<Uint8Array> {
  return loadNodeSeed(folder.nodeKey).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new PortalStartError('DATA_DIR_UNUSABLE', `cannot use the node key: ${reason}`, { cause })
  })
}

async function openDatabase(folder: DataFolder): Promise<Database> {
  try {
    const database = new LmdbDatabase(folder.database)
    // LMDB flushes its file, but not the name of a file that it has just made.
    await syncFolder(folder.database)
    return database
  } catch (cause) {
    throw new PortalStartError('DATA_DIR_UNUSABLE', `cannot open the database in ${folder.database}`, {
      cause,
    })
  }
}
