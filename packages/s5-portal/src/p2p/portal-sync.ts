import type { PinnedBlobs } from '../blobs/pinned-blobs'
import type { Registry } from '../registry/registry'
import type { BlobExchange } from './blob-exchange'
import type { Listing, PeerConnection } from './connection'
import { encodeRegistryQuery } from './messages'
import {
  decodeEntryItem,
  encodeEntryItem,
  encodeListing,
  encodeListingQuery,
  LISTING_ITEMS,
  type ListingSubject,
} from './portal-messages'
import { Waiting } from './waiting'

const LISTING_MS = 10_000
const ENTRY_MS = 10_000
const BLOBS_AT_ONCE = 4
const SUBJECTS: readonly ListingSubject[] = ['entries', 'blobs']

/** When portals compare what they have, in milliseconds. */
export interface SyncTimes {
  /** After one that did not come to its end; each further one waits twice as long, up to `againMs`. */
  readonly retryMs: number
  /** After one that did. */
  readonly againMs: number
}

/**
 * Brings this portal up to what one other portal has: reads its listings and fetches the entries that are
 * newer there and the blobs that are missing here. What changes meanwhile comes by push, so that after one
 * round nothing is missing that was there when the round began.
 */
export class PortalSync {
  readonly #peer: PeerConnection
  readonly #registry: Registry
  readonly #blobs: BlobExchange
  readonly #times: SyncTimes
  readonly #entries = new Waiting<true>()
  #timer: NodeJS.Timeout | undefined
  #failures = 0
  #isRunning = false
  #isStopped = false

  constructor(peer: PeerConnection, registry: Registry, blobs: BlobExchange, times: SyncTimes) {
    this.#peer = peer
    this.#registry = registry
    this.#blobs = blobs
    this.#times = times
  }

  /** Compares now, and again and again until it is stopped. */
  async run(): Promise<void> {
    if (this.#isRunning || this.#isStopped) return
    this.#isRunning = true
    clearTimeout(this.#timer)
    const isComplete = await this.#pull().catch(() => false)
    this.#failures = isComplete ? 0 : this.#failures + 1
    this.#isRunning = false
    this.#schedule(
      isComplete ? this.#times.againMs : this.#times.retryMs * 2 ** Math.min(this.#failures - 1, 10),
    )
  }

  /** Something that this peer sent could not be kept: it has to be fetched again. */
  retrySoon(): void {
    if (!this.#isRunning) this.#schedule(this.#times.retryMs)
  }

  /** An entry of this key came from the peer, and was dealt with. */
  noteEntry(pk: Uint8Array): void {
    this.#entries.settle(nameOf(pk), true)
  }

  /** Fetches a blob that was stored at the peer. */
  async takeNewBlob(hash: Uint8Array): Promise<void> {
    if (!(await this.#takeBlobs([hash]))) this.retrySoon()
  }

  stop(): void {
    this.#isStopped = true
    clearTimeout(this.#timer)
    this.#entries.giveUp()
  }

  /** Fetches the blobs of a listing. @returns whether all of them are here now. */
  async #takeBlobs(hashes: readonly Uint8Array[]): Promise<boolean> {
    const left = [...hashes]
    let isComplete = true
    const work = async () => {
      for (let hash = left.pop(); hash !== undefined; hash = left.pop()) {
        const isHere = await this.#blobs.obtainFrom(hash, this.#peer).catch(() => false)
        isComplete &&= isHere
      }
    }
    await Promise.all(Array.from({ length: BLOBS_AT_ONCE }, work))
    return isComplete
  }

  #schedule(ms: number): void {
    clearTimeout(this.#timer)
    if (!this.#isStopped) this.#timer = setTimeout(() => void this.run(), Math.min(ms, this.#times.againMs))
  }

  async #pull(): Promise<boolean> {
    let isComplete = true
    for (const subject of SUBJECTS) {
      const isSubjectComplete = await this.#pullSubject(subject)
      isComplete &&= isSubjectComplete
    }
    return isComplete
  }

  async #pullSubject(subject: ListingSubject): Promise<boolean> {
    let isComplete = true
    let after = new Uint8Array()
    for (;;) {
      const page = await this.#askForListing(subject, after)
      if (page === undefined) return false
      const isTaken = await (subject === 'entries'
        ? this.#takeEntries(page.items)
        : this.#takeBlobs(page.items))
      isComplete &&= isTaken
      const last = page.items.at(-1)
      if (page.isLast || last === undefined) return isComplete
      after = new Uint8Array(subject === 'entries' ? decodeEntryItem(last).pk : last)
    }
  }

  #askForListing(subject: ListingSubject, after: Uint8Array): Promise<Listing | undefined> {
    const page = this.#peer.listings.wait(listingKey(subject, after), LISTING_MS)
    this.#peer.send(encodeListingQuery(subject, after))
    return page
  }

  async #takeEntries(items: readonly Uint8Array[]): Promise<boolean> {
    const newer = items.map(decodeEntryItem).filter(({ pk, revision }) => {
      const own = this.#registry.get(pk)
      return own === undefined || own.revision < revision
    })
    const answers = newer.map(({ pk }) => {
      const answer = this.#entries.wait(nameOf(pk), ENTRY_MS)
      this.#peer.send(encodeRegistryQuery(pk))
      return answer
    })
    return (await Promise.all(answers)).every((answer) => answer !== undefined)
  }
}

/** Answers a portal that compares: one page of what this portal has. */
export function answerListing(
  subject: ListingSubject,
  after: Uint8Array,
  asker: PeerConnection,
  { registry, blobs }: { registry: Registry; blobs: PinnedBlobs },
): void {
  const items =
    subject === 'entries'
      ? registry.listAfter(after, LISTING_ITEMS).map(({ pk, revision }) => encodeEntryItem(pk, revision))
      : blobs.listPinnedAfter(after, LISTING_ITEMS)
  asker.send(encodeListing(subject, after, items.length < LISTING_ITEMS, items))
}

/** The key under which a page of a listing is waited for. */
export function listingKey(subject: ListingSubject, after: Uint8Array): string {
  return `${subject}/${nameOf(after)}`
}

function nameOf(key: Uint8Array): string {
  return Buffer.from(key).toString('hex')
}
