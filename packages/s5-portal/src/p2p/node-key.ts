import { randomBytes } from 'node:crypto'
import { chmod, open, readFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { SEED_BYTES } from '../crypto/ed25519'
import { syncFolder } from '../storage/folder-sync'

const OWNER_ONLY = 0o600

/** @returns the seed of an identity that nobody else has. */
export function createNodeSeed(): Uint8Array {
  return randomBytes(SEED_BYTES)
}

/**
 * Reads the seed of the node's identity, which stays the same over restarts, or makes and stores it. Only the
 * owner of the file may read it.
 *
 * @throws Error when the file is there and is not a seed
 */
export async function loadNodeSeed(file: string): Promise<Uint8Array> {
  const stored = await readFile(file).catch(undefinedIfAbsent)
  if (stored === undefined) return storeSeed(file, createNodeSeed())
  if (stored.length !== SEED_BYTES) throw new Error(`${file} does not hold the 32 bytes of a node key`)
  await chmod(file, OWNER_ONLY)
  return new Uint8Array(stored)
}

async function storeSeed(file: string, seed: Uint8Array): Promise<Uint8Array> {
  const temporary = `${file}.new`
  const handle = await open(temporary, 'w', OWNER_ONLY)
  try {
    await handle.chmod(OWNER_ONLY)
    await handle.writeFile(seed)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(temporary, file)
  await syncFolder(dirname(file))
  return seed
}

function undefinedIfAbsent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}
