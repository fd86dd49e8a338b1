import { bytesToHex } from '@noble/hashes/utils.js'
import { decodeLetter, encodeLetter, type Letter, subjectOf } from '../../conversation/grant'
import type { SharingKeys } from '../../crypto/sharing-keys'
import { CorruptRecordError, StoreUnavailableError } from '../../errors/storage-errors'
import { type Network, type Pointer, PointerConflict, type PointerKey } from '../network'
import { greatestRevision } from '../survey'

const MAX_LETTER_BYTES = 64 * 1024
/** A letter names no other: whichever was read may be followed by a new one. */
const LINEAGE = { version: 1, clock: { letter: 1 } }

/** Where the owner of a conversation leaves the last word for one recipient. Nobody else finds or reads it. */
export class Mailbox {
  readonly #network: Network
  readonly #keys: SharingKeys
  readonly #peer: Uint8Array
  readonly #id: string
  readonly #opened = new Map<string, Letter>()
  #pointer: Promise<PointerKey> | undefined

  /** @param peer public key of the other one @param id what the owner calls the conversation */
  constructor(network: Network, keys: SharingKeys, peer: Uint8Array, id: string) {
    this.#network = network
    this.#keys = keys
    this.#peer = peer
    this.#id = id
  }

  /** The last word, by a fresh read; `undefined` where there never was one. @throws StoreUnavailableError, CorruptRecordError */
  async read(signal: AbortSignal): Promise<Letter | undefined> {
    return (await this.#read(signal)).letter
  }

  /** Leaves `letter`, unless there is one of a later epoch. */
  async write(letter: Letter, signal: AbortSignal): Promise<void> {
    const blob = this.#keys.seal(this.#peer, encodeLetter(letter))
    const hash = await this.#network.hash(blob)
    const pointer = await this.#open()
    pointer.learn(hash, [], LINEAGE)
    for (;;) {
      const { revision, letter: before } = await this.#read(signal)
      if (before !== undefined && subjectOf(before).epoch > subjectOf(letter).epoch) return
      try {
        const prepared = await pointer.prepare([blob], [], signal)
        return await prepared.move(hash, { revision, isSettled: true }, true, signal)
      } catch (error) {
        if (!(error instanceof PointerConflict)) throw error
      }
    }
  }

  async #read(signal: AbortSignal): Promise<{ revision: number; letter: Letter | undefined }> {
    const key = await this.#open()
    const answers = await key.readPointers(signal)
    const pointers = answers.flatMap(({ pointer }) => pointer ?? [])
    for (const { hash } of pointers) key.learn(hash, [], LINEAGE)
    const letters = await Promise.all(pointers.map((pointer) => this.#letter(pointer, signal)))
    const [letter] = letters.sort((a, b) => subjectOf(b).epoch - subjectOf(a).epoch)
    return { revision: greatestRevision(answers), letter }
  }

  async #letter({ hash }: Pointer, signal: AbortSignal): Promise<Letter> {
    const known = this.#opened.get(bytesToHex(hash))
    if (known !== undefined) return known
    const blob = await this.#network.download(hash, MAX_LETTER_BYTES, signal)
    if (blob === undefined) throw new StoreUnavailableError('a letter about a share is not available')
    const opened = this.#keys.open(this.#peer, blob)
    const letter = opened && decodeLetter(opened)
    if (letter === undefined || subjectOf(letter).id !== this.#id) {
      throw new CorruptRecordError('a letter about a share does not open')
    }
    this.#opened.set(bytesToHex(hash), letter)
    return letter
  }

  #open(): Promise<PointerKey> {
    this.#pointer ??= this.#network.pointerKey(this.#keys.mailboxSeed(this.#peer, this.#id), () => {})
    return this.#pointer
  }
}
