import { randomBytes } from '../../crypto/platform'
import { StoreUnavailableError } from '../../errors/storage-errors'
import type { Logger } from '../../observe/log'
import type { PortalStats } from '../../observe/stats'
import { eitherSignal } from '../either-signal'
import { PointerConflict, type Portal } from '../network'

/** A portal that has not answered a call after this time is skipped, in ms. */
const DEADLINE_MS = 5_000
/** Signing in is several requests, one after another. */
const SIGN_IN_DEADLINE_MS = 15_000
/** The slowest line that is not taken for silence, in bytes for each ms. */
const SLOWEST_BYTES_PER_MS = 64
/** So many failures in a row mean that a portal is skipped. */
const PATIENCE = 3
const FIRST_PROBE_MS = 500
const LONGEST_PROBE_MS = 60_000

/** A portal and its health: one that does not answer is left alone until a probe finds it answering again. */
export class PortalLink {
  readonly portal: Portal
  repairs = 0
  readonly #log: Logger
  /** Without another one to go to, waiting is all there is. */
  readonly #isOnly: boolean
  readonly #uploads = new WeakMap<Uint8Array, Promise<void>>()
  #isHealthy = true
  #isClosed = false
  #failures = 0
  #failuresInARow = 0
  #probes = 0
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(portal: Portal, log: Logger, isOnly: boolean) {
    this.portal = portal
    this.#log = log
    this.#isOnly = isOnly
  }

  get name(): string {
    return this.portal.name
  }

  get isHealthy(): boolean {
    return this.#isHealthy
  }

  /** Healthy from now on if that works; otherwise it is tried again in the background. */
  async signIn(signal: AbortSignal): Promise<void> {
    try {
      await this.call(async () => {}, signal, SIGN_IN_DEADLINE_MS)
    } catch (error) {
      if (!this.#isOnly) this.#skip(error)
      throw error
    }
  }

  /**
   * What `task` gives, within this portal's own deadline.
   * @throws StoreUnavailableError with outcome `unknown` past that deadline, the reason of `signal`, or what `task` throws
   */
  async call<T>(
    task: (signal: AbortSignal) => Promise<T>,
    signal: AbortSignal,
    deadlineMs = DEADLINE_MS,
  ): Promise<T> {
    const deadline = this.#isOnly ? undefined : AbortSignal.timeout(deadlineMs)
    const either = eitherSignal(signal, deadline)
    try {
      await this.portal.signIn(either)
      const result = await task(either)
      this.#answered()
      return result
    } catch (error) {
      if (error instanceof PointerConflict) {
        this.#answered()
        throw error
      }
      signal.throwIfAborted()
      this.blame(error)
      if (deadline?.aborted !== true) throw error
      this.#skip(error)
      const message = `${this.name} did not answer within ${deadlineMs} ms`
      throw new StoreUnavailableError(message, { cause: error, outcome: 'unknown' })
    }
  }

  /** Joins an upload of the same array that is under way or done. */
  upload(blob: Uint8Array, signal: AbortSignal): Promise<void> {
    const known = this.#uploads.get(blob)
    if (known !== undefined) return known
    const deadlineMs = transferDeadlineMs(blob.length)
    const upload = this.call((either) => this.portal.upload(blob, either), signal, deadlineMs)
    this.#uploads.set(blob, upload)
    upload.catch(() => this.#uploads.delete(blob))
    return upload
  }

  /** @throws as {@link call} */
  download(hash: Uint8Array, maxBytes: number, signal: AbortSignal): Promise<Uint8Array | undefined> {
    const deadlineMs = transferDeadlineMs(maxBytes)
    return this.call((either) => this.portal.download(hash, maxBytes, either), signal, deadlineMs)
  }

  /** Counts an answer that is of no use. */
  blame(error: unknown): void {
    this.#failures += 1
    this.#failuresInARow += 1
    this.#log.debug({ portal: this.name, error }, 'No usable answer from a portal')
    if (this.#failuresInARow >= PATIENCE) this.#skip(error)
  }

  getStats(): PortalStats {
    return {
      portal: this.name,
      state: this.#isHealthy ? 'healthy' : 'skipped',
      requests: this.portal.getStats().requests,
      failures: this.#failures,
      repairs: this.repairs,
    }
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#timer)
    this.portal.close()
  }

  #answered(): void {
    this.#failuresInARow = 0
    if (this.#isHealthy) return
    this.#isHealthy = true
    this.#probes = 0
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#log.debug({ portal: this.name }, 'A portal answers')
  }

  #skip(error: unknown): void {
    if (this.#isOnly || this.#isClosed || this.#timer !== undefined) return
    this.#isHealthy = false
    this.#log.warn({ portal: this.name, error }, 'A portal is skipped until it answers again')
    this.#probeLater()
  }

  #probeLater(): void {
    const longestMs = Math.min(FIRST_PROBE_MS * 2 ** this.#probes, LONGEST_PROBE_MS)
    this.#probes += 1
    this.#timer = setTimeout(() => void this.#probe(), longestMs * (0.5 + Math.random() / 2))
  }

  async #probe(): Promise<void> {
    try {
      const unused = await this.portal.pointerKey(randomBytes(32))
      await this.call((signal) => unused.readPointer(signal), new AbortController().signal)
    } catch {
      if (!this.#isClosed) this.#probeLater()
    }
  }
}

function transferDeadlineMs(bytes: number): number {
  return DEADLINE_MS + Math.ceil(bytes / SLOWEST_BYTES_PER_MS)
}
