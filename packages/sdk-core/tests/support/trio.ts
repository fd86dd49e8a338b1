import { createPortal, type Portal } from '@s5-conversations/s5-portal'
import { createSdk, generateSeedPhrase, type PortalOptions, type Sdk } from '../../src/index'
import { type Fault, type FaultProxy, type ProxiedRequest, startFaultProxy } from './fault-proxy'
import { closeAfterTest } from './fixture'

export const FAULTS = ['down', 'slow', 'stale', 'lying', 'partitioned', 'emptied'] as const
export type PortalFault = (typeof FAULTS)[number]

/** Longer than a portal may be late without being left out, in ms. */
const SLOW_MS = 400

/** A real portal on a real socket, with one real proxy for each device before it. */
export class FaultyPortal {
  readonly portal: Portal
  /** The saves that began here and were not answered. */
  unansweredUploads = 0
  #fault: PortalFault | 'hanging' | 'unmovable' | undefined
  readonly #cutOff = new Set<number>()

  constructor(portal: Portal) {
    this.portal = portal
  }

  /** A way to this portal for one device. */
  async open(device: number): Promise<FaultProxy> {
    return closeAfterTest(await startFaultProxy(this.portal.url, (request) => this.#choose(device, request)))
  }

  async break(fault: PortalFault | 'hanging' | 'unmovable'): Promise<void> {
    this.#fault = fault
    if (fault === 'stale') await this.portal.faults.set({ staleAnswers: 1 })
    if (fault === 'emptied') await this.portal.faults.set({ lostDisk: true })
    if (fault === 'partitioned') this.cutOff(0)
  }

  cutOff(device: number): void {
    this.#cutOff.add(device)
  }

  async heal(): Promise<void> {
    this.#fault = undefined
    this.#cutOff.clear()
    await this.portal.faults.clear()
  }

  async #choose(device: number, request: ProxiedRequest): Promise<Fault> {
    if (this.#fault === 'down' || this.#cutOff.has(device)) return { kind: 'drop-request' }
    if (this.#fault === 'hanging') {
      if (request.path.endsWith('/upload')) this.unansweredUploads += 1
      return new Promise(() => {})
    }
    if (this.#fault === 'slow') await new Promise((resolve) => setTimeout(resolve, SLOW_MS))
    const isMove = request.method === 'POST' && request.path.endsWith('/registry')
    if (this.#fault === 'unmovable' && isMove) return { kind: 'drop-request' }
    return this.#fault === 'lying' ? lieAbout(request) : { kind: 'none' }
  }
}

function lieAbout({ method, path }: ProxiedRequest): Fault {
  if (method === 'GET' && path.includes('/registry')) return { kind: 'change-answer', change: forgeEntry }
  if (path.includes('/blob/'))
    return { kind: 'change-answer', change: (blob) => Buffer.from(blob).fill(7, 0, 1) }
  return { kind: 'none' }
}

/** Another revision under the old signature. */
function forgeEntry(body: Buffer): Buffer {
  const entry = JSON.parse(body.toString()) as { revision: number }
  return Buffer.from(JSON.stringify({ ...entry, revision: entry.revision + 1000 }))
}

/** Three portals that know nothing of each other, and one identity. */
export class Trio {
  readonly portals: readonly FaultyPortal[]
  readonly #seedPhrase = generateSeedPhrase()
  #devices = 0

  private constructor(portals: readonly FaultyPortal[]) {
    this.portals = portals
  }

  static async start(): Promise<Trio> {
    const portals = [0, 1, 2].map(
      async () => new FaultyPortal(closeAfterTest(await createPortal({ port: 0, faults: {} }))),
    )
    return new Trio(await Promise.all(portals))
  }

  /** One more device of the identity; the first has the number 0. */
  async device(options: Partial<PortalOptions> = {}): Promise<Sdk> {
    const number = this.#devices++
    const ways = await Promise.all(this.portals.map((portal) => portal.open(number)))
    return this.#connect(
      ways.map(({ url }) => url),
      options,
    )
  }

  /** A device that reaches only some of the portals, whatever their proxies do. */
  deviceOn(indexes: readonly number[]): Promise<Sdk> {
    const portals = indexes.flatMap((index) => this.portals[index] ?? [])
    return this.#connect(
      portals.map(({ portal }) => portal.url),
      {},
    )
  }

  async heal(): Promise<void> {
    await Promise.all(this.portals.map((portal) => portal.heal()))
  }

  async #connect(portals: string[], options: Partial<PortalOptions>): Promise<Sdk> {
    return closeAfterTest(await createSdk({ portals, seedPhrase: this.#seedPhrase, ...options }))
  }
}
