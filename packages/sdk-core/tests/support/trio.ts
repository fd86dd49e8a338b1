import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createPortal, type Portal } from '@s5-conversations/s5-portal'
import { createSdk, generateSeedPhrase, type PortalOptions, type Sdk } from '../../src/index'
import { type Fault, type FaultProxy, type ProxiedRequest, startFaultProxy } from './fault-proxy'
import { closeAfterTest } from './fixture'
import { PortalProcess } from './portal-process'

export const FAULTS = ['down', 'slow', 'stale', 'lying', 'partitioned', 'emptied'] as const
export type PortalFault = (typeof FAULTS)[number]

/** Longer than a portal may be late without being left out, in ms. */
const SLOW_MS = 400

/** A real portal, in a process of its own or in this one, and what can be done to it. */
interface PortalHost {
  readonly url: string
  /** As its fault switches take them. */
  setFaults(plan: object): Promise<void>
  empty(): Promise<void>
  stop(): Promise<void>
  start(): Promise<void>
}

/** A real portal on a real socket, with one real proxy for each device before it. */
export class FaultyPortal {
  readonly host: PortalHost
  /** The saves that began here and were not answered. */
  unansweredUploads = 0
  /** Attempts of any device to move a pointer here. */
  moves = 0
  #fault: PortalFault | 'hanging' | 'unmovable' | undefined
  #lastBlob: Buffer | undefined
  readonly #cutOff = new Set<number>()

  constructor(host: PortalHost) {
    this.host = host
  }

  /** A way to this portal for one device. */
  async open(device: number): Promise<FaultProxy> {
    return closeAfterTest(await startFaultProxy(this.host.url, (request) => this.#choose(device, request)))
  }

  async break(fault: PortalFault | 'hanging' | 'unmovable'): Promise<void> {
    this.#fault = fault
    if (fault === 'stale') await this.host.setFaults({ staleAnswers: 1 })
    if (fault === 'emptied') await this.host.empty()
    if (fault === 'down') await this.host.stop()
    if (fault === 'partitioned') this.cutOff(0)
  }

  cutOff(device: number): void {
    this.#cutOff.add(device)
  }

  async heal(): Promise<void> {
    if (this.#fault === 'down') await this.host.start()
    this.#fault = undefined
    this.#cutOff.clear()
    await this.host.setFaults({})
  }

  async #choose(device: number, request: ProxiedRequest): Promise<Fault> {
    if (this.#cutOff.has(device)) return { kind: 'drop-request' }
    if (this.#fault === 'hanging') {
      if (request.path.endsWith('/upload')) this.unansweredUploads += 1
      return new Promise(() => {})
    }
    if (this.#fault === 'slow') await new Promise((resolve) => setTimeout(resolve, SLOW_MS))
    const isMove = request.method === 'POST' && request.path.endsWith('/registry')
    if (isMove) this.moves += 1
    if (this.#fault === 'unmovable' && isMove) return { kind: 'drop-request' }
    return this.#fault === 'lying' ? this.#lieAbout(request) : { kind: 'none' }
  }

  #lieAbout({ method, path }: ProxiedRequest): Fault {
    if (method === 'GET' && path.includes('/registry')) return { kind: 'change-answer', change: forgeEntry }
    if (path.includes('/blob/')) return { kind: 'change-answer', change: (blob) => this.#otherBlob(blob) }
    return { kind: 'none' }
  }

  /** The blob that was asked for before, which is somebody’s; or else the right one with a wrong byte. */
  #otherBlob(blob: Buffer): Buffer {
    const other = this.#lastBlob
    this.#lastBlob = blob
    return other === undefined || other.equals(blob) ? Buffer.from(blob).fill(7, 0, 1) : other
  }
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

  /** In this process. */
  static async start(): Promise<Trio> {
    const portals = [0, 1, 2].map(
      async () => new FaultyPortal(hostHere(closeAfterTest(await createPortal({ port: 0, faults: {} })))),
    )
    return new Trio(await Promise.all(portals))
  }

  /** Portals that are there already, with another identity. */
  static on(portals: readonly FaultyPortal[]): Trio {
    return new Trio(portals)
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
      portals.map(({ host }) => host.url),
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

function hostHere(portal: Portal): PortalHost {
  return {
    url: portal.url,
    setFaults: async (plan) => void (await portal.faults.set(plan)),
    empty: async () => void (await portal.faults.set({ lostDisk: true })),
    stop: async () => void (await portal.faults.set({ refuse: true })),
    start: async () => void (await portal.faults.set({})),
  }
}

/** The built `s5-portal` command on a folder, killed and started for real. */
async function startHostProcess(dataDir: string): Promise<PortalHost & { close(): Promise<void> }> {
  const portal = new PortalProcess(dataDir, ['--faults'])
  await portal.start()
  return {
    url: portal.url,
    setFaults: async (plan) => {
      const answer = await fetch(`${portal.url}/faults`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(plan),
      })
      if (!answer.ok) throw new Error(`the portal refused the faults: ${await answer.text()}`)
    },
    empty: () => portal.empty(),
    stop: () => portal.kill(),
    start: () => portal.start(),
    close: () => portal.close(),
  }
}

/** Three portals in processes of their own, each on a disk of its own; for several tests one after another. */
export async function startPortalProcesses(): Promise<{ portals: FaultyPortal[]; close(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 's5-trio-'))
  const hosts = await Promise.all(['a', 'b', 'c'].map((name) => startHostProcess(join(folder, name))))
  return {
    portals: hosts.map((host) => new FaultyPortal(host)),
    close: async () => {
      await Promise.all(hosts.map((host) => host.close()))
      await rm(folder, { recursive: true, force: true })
    },
  }
}
