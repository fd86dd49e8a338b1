import type { RegistryKey } from '../../crypto/keys'
import { StoreUnavailableError } from '../../errors/storage-errors'
import type { Logger } from '../../observe/log'
import type { Network, PointerKey, Portal, TransferStats, Witness } from '../network'
import { Background } from './background'
import { firstOf } from './first-of'
import { Gathering } from './gathering'
import { PortalLink } from './portal-link'
import { mostHopeful, requireEnough } from './require-enough'
import { SharedPointer } from './shared-pointer'

export interface PortalSetOptions {
  /** The first is preferred for reading blobs. */
  portals: readonly Portal[]
  /** @default a majority */
  writeQuorum?: number
  content: Pick<Network, 'hash' | 'cidOf'>
  log: Logger
}

/** Several portals as one network; one portal is the simplest case of it. */
export class PortalSet implements Network {
  readonly writeQuorum: number
  readonly readQuorum: number
  readonly hash: Network['hash']
  readonly cidOf: Network['cidOf']
  readonly #links: readonly PortalLink[]
  readonly #background = new Background()

  constructor({ portals, writeQuorum, content, log }: PortalSetOptions) {
    const majority = Math.floor(portals.length / 2) + 1
    this.writeQuorum = writeQuorum ?? majority
    this.readQuorum = Math.max(majority, portals.length - this.writeQuorum + 1)
    this.hash = content.hash
    this.cidOf = content.cidOf
    this.#links = portals.map((portal) => new PortalLink(portal, log, portals.length === 1))
  }

  /**
   * Resolves when a quorum knows us; the others are signed in on in the background. May be called again.
   * @throws StoreUnavailableError, NotAuthenticatedError, CorruptRecordError
   */
  async signIn(signal: AbortSignal): Promise<void> {
    const need = Math.max(this.writeQuorum, this.readQuorum)
    const signingIn = new Gathering(this.#links, need, (link) => link.signIn(signal))
    await signingIn.enough
    requireEnough(signingIn, signal)
  }

  async pointerKey(key: RegistryKey, onDissent: () => void): Promise<PointerKey> {
    const pointers = new Map(
      await Promise.all(this.#links.map(async (link) => [link, await link.portal.pointerKey(key)] as const)),
    )
    return new SharedPointer({ pointers, network: this, background: this.#background, onDissent })
  }

  async upload(blob: Uint8Array, signal: AbortSignal): Promise<void> {
    const uploads = new Gathering(this.#links, this.writeQuorum, (link) => link.upload(blob, signal))
    await uploads.enough
    requireEnough(uploads, signal)
  }

  async download(hash: Uint8Array, maxBytes: number, signal: AbortSignal): Promise<Uint8Array | undefined> {
    const skipped = this.#links.filter(({ isHealthy }) => !isHealthy)
    const candidates = [...this.#links.filter(({ isHealthy }) => isHealthy), ...skipped]
    const { result, outrun, failures } = await firstOf(candidates, signal, (link, either) =>
      link.download(hash, maxBytes, either),
    )
    for (const link of outrun) link.blame(new StoreUnavailableError(`${link.name} was slower than another`))
    if (result === undefined && failures.length > 0) throw mostHopeful(failures, signal)
    return result
  }

  pin(hash: Uint8Array, signal: AbortSignal): Promise<void> {
    return this.#tellAll((portal, either) => portal.pin(hash, either), signal)
  }

  forget(hash: Uint8Array, signal: AbortSignal): Promise<void> {
    return this.#tellAll((portal, either) => portal.forget(hash, either), signal)
  }

  witnesses(): readonly Witness[] {
    return this.#links.map(({ portal }) => portal.witness)
  }

  getStats(): TransferStats {
    const all = this.#links.map(({ portal }) => portal.getStats())
    const sum = (count: (stats: TransferStats) => number) =>
      all.reduce((total, stats) => total + count(stats), 0)
    return {
      requests: sum(({ requests }) => requests),
      bytesUp: sum(({ bytesUp }) => bytesUp),
      bytesDown: sum(({ bytesDown }) => bytesDown),
      portals: this.#links.map((link) => link.getStats()),
    }
  }

  async close(): Promise<void> {
    await this.#background.whenIdle()
    for (const link of this.#links) link.close()
  }

  async #tellAll(
    tell: (portal: Portal, signal: AbortSignal) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    const telling = new Gathering(this.#links, this.writeQuorum, (link) =>
      link.call((either) => tell(link.portal, either), signal),
    )
    await telling.enough
    requireEnough(telling, signal)
    this.#background.add(telling.done)
  }
}
