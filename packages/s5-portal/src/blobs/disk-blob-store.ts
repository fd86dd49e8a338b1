import { type FileHandle, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { SharedFolderSync } from '../storage/folder-sync'
import type { BlobStore, ByteSource, OpenBlob, ReceivedBlob } from './blob-store'
import { measure } from './measure'

const READ_BYTES = 64 * 1024

/**
 * One file for each blob, named by its hash. A file gets its name only when its bytes are on the disk, so
 * whatever the moment the process dies, a file that is there is whole.
 */
export class DiskBlobStore implements BlobStore {
  readonly #blobFolder: string
  readonly #temporaryFolder: string
  readonly #names: SharedFolderSync
  #received = 0

  /** @param temporaryFolder - on the same file system as `blobFolder`, used by nobody else */
  constructor(blobFolder: string, temporaryFolder: string) {
    this.#blobFolder = blobFolder
    this.#temporaryFolder = temporaryFolder
    this.#names = new SharedFolderSync(blobFolder)
  }

  async receive(source: ByteSource, maxBytes: number): Promise<ReceivedBlob> {
    const temporary = join(this.#temporaryFolder, `${++this.#received}`)
    const discard = () => rm(temporary, { force: true })
    try {
      const measured = await writeDurably(temporary, source, maxBytes)
      return { ...measured, keep: () => this.#keep(temporary, measured.hash), discard }
    } catch (error) {
      await discard()
      throw error
    }
  }

  async size(hash: Uint8Array): Promise<number | undefined> {
    const file = await stat(this.#fileOf(hash)).catch(undefinedIfAbsent)
    return file?.size
  }

  async open(hash: Uint8Array): Promise<OpenBlob | undefined> {
    const handle = await open(this.#fileOf(hash), 'r').catch(undefinedIfAbsent)
    if (handle === undefined) return undefined
    const { size } = await handle.stat()
    return { size, stream: (start, end) => streamFile(handle, start, end), close: () => handle.close() }
  }

  async remove(hash: Uint8Array): Promise<void> {
    await rm(this.#fileOf(hash), { force: true })
  }

  async clear(): Promise<void> {
    for (const name of await readdir(this.#blobFolder))
      await rm(join(this.#blobFolder, name), { force: true })
  }

  /** Replaces a file of the same hash too: its name may not be durable yet, and its bytes may have rotted. */
  async #keep(temporary: string, hash: Uint8Array): Promise<void> {
    await rename(temporary, this.#fileOf(hash))
    await this.#names.sync()
  }

  #fileOf(hash: Uint8Array): string {
    return join(this.#blobFolder, Buffer.from(hash).toString('hex'))
  }
}

async function writeDurably(file: string, source: ByteSource, maxBytes: number) {
  const handle = await open(file, 'w')
  try {
    const measured = await measure(source, maxBytes, (piece) => handle.writeFile(piece))
    await handle.sync()
    return measured
  } finally {
    await handle.close()
  }
}

function streamFile(handle: FileHandle, start: number, end: number): ReadableStream<Uint8Array> {
  let position = start
  return new ReadableStream(
    {
      async pull(controller) {
        const piece = await readPiece(handle, position, end).catch(closeAndThrow(handle))
        position += piece.length
        if (piece.length > 0) controller.enqueue(piece)
        if (position < end) return
        await handle.close()
        controller.close()
      },
      cancel: () => handle.close(),
    },
    { highWaterMark: 0 },
  )
}

async function readPiece(handle: FileHandle, position: number, end: number): Promise<Uint8Array> {
  const length = Math.min(READ_BYTES, end - position)
  const { bytesRead, buffer } = await handle.read(new Uint8Array(length), 0, length, position)
  if (bytesRead < length) throw new Error('The blob file is shorter than it was')
  return buffer
}

function closeAndThrow(handle: FileHandle) {
  return async (error: unknown): Promise<never> => {
    await handle.close()
    throw error
  }
}

function undefinedIfAbsent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}
