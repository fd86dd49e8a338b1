import type { SyncStatus } from '../local/sync-status'
import type { OnFrame } from './frame'
import { Observed } from './observed'

/** Where saves go to the network by themselves: what is acknowledged is saved. */
export const ALL_SAVED: SyncStatus = { status: 'saved', waiting: 0, syncing: 0, failed: 0, isOnline: true }

/** What the outbox tells. */
export interface ObservedOutbox {
  subscribe(listener: (status: SyncStatus) => void): () => void
}

/** What this device has still to send; without an outbox there is nothing. */
export class SyncStatusObserver extends Observed<SyncStatus> {
  readonly #outbox: ObservedOutbox | undefined
  #current = ALL_SAVED
  #stop = () => {}

  constructor(outbox: ObservedOutbox | undefined, onFrame?: OnFrame) {
    super(ALL_SAVED, onFrame)
    this.#outbox = outbox
  }

  close(): void {
    this.#stop()
  }

  protected start(): void {
    if (this.#outbox === undefined) return
    this.#stop = this.#outbox.subscribe((status) => {
      this.#current = status
      this.changed()
    })
  }

  protected read(): SyncStatus {
    return this.#current
  }
}
