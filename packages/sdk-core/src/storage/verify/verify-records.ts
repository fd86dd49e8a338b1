import { bytesToHex } from '@noble/hashes/utils.js'
import { isSameBytes } from '../../conversation/codec'
import type { Checkpoint, SegmentRef } from '../../conversation/head'
import type { StoredRecord } from '../../conversation/record'
import { isAncestor } from '../../conversation/state'
import type { Scheme } from '../../conversation/types'
import { MAX_BLOB_BYTES, openHead, openSegment } from '../head-codec'
import type { OldHead, StoredVersion } from '../head-reader'
import { mapInParallel } from '../map-in-parallel'
import type { Network, Pointer, Witness } from '../network'
import type { Place } from '../place'
import { headFaults, segmentFaults } from './consistency'
import type { Damage, VerifiedCounts, VerifyOptions } from './report'
import { askForBlob, askForPointer, damageOf, type Testimony } from './witnesses'

const BLOBS_AT_ONCE = 8

export interface Findings {
  /** The newest version that anybody has. */
  newest: StoredVersion | undefined
  /** Whether every portal said that there is no pointer. */
  isAbsent: boolean
  damages: Damage[]
}

export interface VerifierOptions {
  network: Network
  place: Place
  subject: Damage['subject']
  signal: AbortSignal
  /** What is checked is added here. */
  checked: VerifiedCounts
  onProgress: VerifyOptions['onProgress']
}

/** Checks one pointer and everything below it, on each portal by itself and without anything read before. */
export class RecordVerifier {
  readonly #network: Network
  readonly #witnesses: readonly Witness[]
  readonly #place: Place
  readonly #subject: Damage['subject']
  readonly #signal: AbortSignal
  readonly #damages: Damage[] = []
  /** Blobs that everybody was asked for. */
  readonly #done = new Set<string>()
  readonly #checked: VerifiedCounts
  readonly #onProgress: VerifyOptions['onProgress']

  constructor({ network, place, subject, signal, checked, onProgress }: VerifierOptions) {
    this.#network = network
    this.#witnesses = network.witnesses()
    this.#place = place
    this.#subject = subject
    this.#signal = signal
    this.#checked = checked
    this.#onProgress = onProgress
  }

  /** @param known the newest version this device has seen, if it has */
  async run(known: StoredVersion | undefined): Promise<Findings> {
    const pointers = await Promise.all(
      this.#witnesses.map((witness) => askForPointer(witness, this.#place, this.#signal)),
    )
    const versions = await this.#readVersions(pointers)
    const newest = newestOf(known === undefined ? versions : [...versions, known])
    this.#checkPointers(pointers, versions, newest)
    if (newest !== undefined) await this.#checkVersion(newest, pointers)
    const isAbsent = pointers.every((said) => 'damage' in said && said.damage === 'missing')
    return { newest, isAbsent, damages: this.#damages }
  }

  /** The version each pointer names, from those who name it. */
  async #readVersions(pointers: readonly Testimony<Pointer>[]): Promise<StoredVersion[]> {
    const named = pointers.flatMap((said) => ('found' in said ? [said.found] : []))
    const newestLast = named.sort((a, b) => a.revision - b.revision)
    const byHash = new Map(newestLast.map((pointer) => [bytesToHex(pointer.hash), pointer]))
    const versions = await Promise.all(
      [...byHash.values()].map((pointer) => this.#readVersion(pointer, whoNames(pointer.hash, pointers))),
    )
    return versions.filter((version) => version !== undefined)
  }

  async #readVersion(
    { hash, revision }: Pointer,
    witnesses: readonly Witness[],
  ): Promise<StoredVersion | undefined> {
    const blob = await this.#fetch(hash, 'head', witnesses)
    if (blob === undefined) return undefined
    const cid = this.#network.cidOf(hash, blob.length)
    try {
      return { ...(await openHead(blob, this.#place.keys)), hash, cid, revision }
    } catch (error) {
      this.#report({ record: 'head', cid, ...kindOf(error), mendable: false })
      return undefined
    }
  }

  #checkPointers(
    pointers: readonly Testimony<Pointer>[],
    versions: readonly StoredVersion[],
    newest: StoredVersion | undefined,
  ): void {
    const isNewest = (said: Testimony<Pointer>) =>
      'found' in said && newest !== undefined && isSameBytes(said.found.hash, newest.hash)
    const mendable = pointers.some(isNewest)
    for (const said of pointers) {
      const at = { record: 'pointer', portal: said.witness.name, mendable } as const
      if ('damage' in said) {
        if (newest !== undefined || said.damage !== 'missing')
          this.#report({ ...at, kind: said.damage, message: said.message })
      } else if (!isNewest(said)) {
        const head = versions.find(({ hash }) => isSameBytes(hash, said.found.hash))?.head
        if (head === undefined || newest === undefined) continue
        const kind = isAncestor(head, newest.head) ? 'outdated' : 'diverged'
        this.#report({ ...at, kind, message: `names version ${head.version} of ${newest.head.version}` })
      }
    }
  }

  async #checkVersion(newest: StoredVersion, pointers: readonly Testimony<Pointer>[]): Promise<void> {
    const current = whoNames(newest.hash, pointers)
    const witnesses = current.length === 0 ? this.#witnesses : current
    await this.#fetch(newest.hash, 'head', witnesses)
    const segments = await this.#checkSegments(newest, witnesses)
    if (segments.every((records) => records !== undefined)) this.#checkHead(newest, segments)
    for (const checkpoint of newest.head.checkpoints) await this.#checkCheckpoint(checkpoint, witnesses)
  }

  #checkHead({ head, cid }: StoredVersion, segments: readonly StoredRecord[][]): void {
    this.#checked.records += head.tail.length
    this.#checked.receipts += head.receipts.entries.length
    for (const message of headFaults(head, segments)) {
      this.#report({ record: 'head', kind: 'inconsistent', cid, message, mendable: false })
    }
  }

  async #checkCheckpoint([version, hash, time]: Checkpoint, witnesses: readonly Witness[]): Promise<void> {
    const blob = await this.#fetch(hash, 'checkpoint', witnesses)
    if (blob === undefined) return
    const at = { record: 'checkpoint', cid: this.#network.cidOf(hash, blob.length), mendable: false } as const
    try {
      const opened = await openHead(blob, this.#place.keys)
      const isTrue = opened.head.version === version && opened.head.updatedAt === time
      if (!isTrue) this.#report({ ...at, kind: 'inconsistent', message: 'is another version' })
      await this.#checkSegments({ ...opened, hash, cid: at.cid }, witnesses)
    } catch (error) {
      this.#report({ ...at, ...kindOf(error) })
    }
  }

  async #checkSegments(
    { head, scheme }: OldHead,
    witnesses: readonly Witness[],
  ): Promise<(StoredRecord[] | undefined)[]> {
    const open = head.segments.filter(({ hash }) => !this.#done.has(bytesToHex(hash)))
    return mapInParallel(open, BLOBS_AT_ONCE, async (ref) => {
      const blob = await this.#fetch(ref.hash, 'segment', witnesses)
      return blob === undefined ? undefined : this.#checkSegment(ref, blob, scheme)
    })
  }

  async #checkSegment(
    ref: SegmentRef,
    blob: Uint8Array,
    scheme: Scheme,
  ): Promise<StoredRecord[] | undefined> {
    const at = {
      record: 'segment',
      cid: this.#network.cidOf(ref.hash, blob.length),
      mendable: false,
    } as const
    try {
      const records = [...(await openSegment(ref, blob, scheme, this.#place.keys)).values()]
      for (const message of segmentFaults(ref, records))
        this.#report({ ...at, kind: 'inconsistent', message })
      if (blob.length !== ref.size) this.#report({ ...at, kind: 'inconsistent', message: 'has another size' })
      this.#checked.records += records.length
      return records
    } catch (error) {
      this.#report({ ...at, ...kindOf(error) })
      return undefined
    }
  }

  /** The bytes of one blob from anybody who has them, after asking everybody. */
  async #fetch(
    hash: Uint8Array,
    record: Damage['record'],
    witnesses: readonly Witness[],
  ): Promise<Uint8Array | undefined> {
    if (this.#done.has(bytesToHex(hash))) return undefined
    this.#done.add(bytesToHex(hash))
    const all = await Promise.all(
      witnesses.map((witness) => askForBlob(witness, hash, MAX_BLOB_BYTES, this.#signal)),
    )
    const good = all.find((said) => 'found' in said)?.found
    this.#checked.blobs += all.length
    this.#onProgress?.({ ...this.#checked })
    for (const said of all) {
      if ('found' in said) continue
      const cid = this.#network.cidOf(hash, good?.length ?? 0)
      const { witness, damage, message } = said
      this.#report({ record, kind: damage, portal: witness.name, cid, message, mendable: good !== undefined })
    }
    return good
  }

  #report(damage: Omit<Damage, 'subject'>): void {
    this.#damages.push({ subject: this.#subject, ...damage })
  }
}

function kindOf(error: unknown): Pick<Damage, 'kind' | 'message'> {
  const { damage, message } = damageOf(error)
  return { kind: damage, message }
}

function whoNames(hash: Uint8Array, pointers: readonly Testimony<Pointer>[]): Witness[] {
  return pointers.flatMap((said) =>
    'found' in said && isSameBytes(said.found.hash, hash) ? [said.witness] : [],
  )
}

/** A compacted head is of the same version, at a higher revision. */
function newestOf(versions: readonly StoredVersion[]): StoredVersion | undefined {
  return [...versions].sort((a, b) => b.head.version - a.head.version || b.revision - a.revision)[0]
}
