import { open } from 'node:fs/promises'

/** Makes the names in `folder` durable: files created, renamed or removed in it survive a power cut afterwards. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/**
 * Shares flushes of one folder between those who wait for one: a flush serves every change that was finished
 * before the flush began, so while one runs, all who come wait for the next together.
 */
export class SharedFolderSync {
  readonly #folder: string
  #running: Promise<void> = Promise.resolve()
  #next: Promise<void> | undefined

  constructor(folder: string) {
    this.#folder = folder
  }

  /** @returns once every change of names finished before this call is durable. */
  sync(): Promise<void> {
    this.#next ??= this.#startAfter(this.#running)
    return this.#next
  }

  async #startAfter(running: Promise<void>): Promise<void> {
    await running.catch(() => {})
    this.#running = this.#next ?? this.#running
    this.#next = undefined
    await syncFolder(this.#folder)
  }
}
