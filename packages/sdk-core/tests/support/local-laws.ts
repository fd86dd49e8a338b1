import fc from 'fast-check'
import { expect } from 'vitest'
import { StoreUnavailableError } from '../../src/errors/storage-errors'
import type { Sdk } from '../../src/index'
import type { ConversationStore } from '../../src/storage/conversation-store'
import { MemoryBackend, MemoryConversationStore } from '../../src/testing/index'
import { hastyClock } from './fake-clock'
import { user } from './fixture'
import { createDevice, type Device, openTab, type Tab } from './local-tabs'

const TABS = 3

type Step =
  | { kind: 'append' | 'save'; tab: number }
  | { kind: 'foreign' }
  /** The tab goes without closing, and comes back. */
  | { kind: 'crash'; tab: number }
  | { kind: 'offline' }
  | { kind: 'online' }

const tab = fc.nat({ max: TABS - 1 })
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constantFrom('append' as const, 'save' as const), tab }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'foreign' as const }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('crash' as const), tab }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('offline' as const, 'online' as const) }) },
)

/** A network of which calls get lost, before or after they arrive, and from which a tab can be cut off for good. */
class Line {
  readonly backend = new MemoryBackend()
  isOffline = false
  roll: () => number = () => 99

  connect(): ConversationStore & { cut(): void } {
    const store = new MemoryConversationStore(this.backend)
    let isCut = false
    const call = async <T>(task: () => Promise<T>): Promise<T> => {
      await new Promise((resolve) => setImmediate(resolve))
      const roll = this.roll()
      if (isCut || this.isOffline || roll < 10) throw new StoreUnavailableError('lost on the way')
      const result = await task()
      if (roll < 20) throw new StoreUnavailableError('the answer was lost', { outcome: 'unknown' })
      return result
    }
    return {
      cut: () => {
        isCut = true
      },
      commit: (id, changes, signal) => call(() => store.commit(id, changes, signal)),
      load: (id, page, signal) => call(() => store.load(id, page, signal)),
      list: (page, signal) => call(() => store.list(page, signal)),
      getTransferStats: () => store.getTransferStats(),
      close: async () => {},
    }
  }
}

class Scene {
  readonly line = new Line()
  readonly device: Device = createDevice()
  readonly told: string[] = []
  readonly tabs: (Tab & { cut(): void })[] = []
  #count = 0

  async open(): Promise<Tab & { cut(): void }> {
    const remote = this.line.connect()
    const tab = await openTab(this.device, remote, { clock: hastyClock, random: () => 0 })
    return { ...tab, cut: remote.cut }
  }

  async run(step: Step): Promise<void> {
    if (step.kind === 'offline' || step.kind === 'online') this.line.isOffline = step.kind === 'offline'
    else if (step.kind === 'foreign') await this.#writeElsewhere()
    else if (step.kind === 'crash') await this.#crash(step.tab)
    else await this.#write(step.kind, (this.tabs[step.tab] as Tab).sdk)
  }

  /** What is stored on the network in the end. */
  async stored(): Promise<string[]> {
    const store = new MemoryConversationStore(this.line.backend)
    const conversation = await store.load('one', {}, new AbortController().signal)
    return (conversation?.messages ?? []).map(({ id }) => id)
  }

  #name(): string {
    this.#count += 1
    return `m${this.#count}`
  }

  async #write(kind: 'append' | 'save', sdk: Sdk): Promise<void> {
    const message = { id: this.#name(), ...user('ok') }
    if (kind === 'append') await sdk.storage.appendMessage('one', message)
    else await sdk.storage.saveConversation({ id: 'one', messages: [message] })
    this.told.push(message.id)
  }

  async #writeElsewhere(): Promise<void> {
    const id = this.#name()
    const change = { kind: 'append' as const, ids: 'given' as const, fields: {} }
    const message = { id, role: 'user' as const, content: 'elsewhere', createdAt: 1 }
    const store = new MemoryConversationStore(this.line.backend)
    const changes = [{ ...change, messages: [{ message, intent: 'append' as const }] }]
    await store.commit('one', changes, new AbortController().signal)
    this.told.push(id)
  }

  async #crash(index: number): Promise<void> {
    this.tabs[index]?.cut()
    await this.tabs[index]?.sdk.close()
    this.tabs[index] = await this.open()
  }
}

/** Any order of enqueue, crash, hand-over, replay and conflict gives each change exactly once. */
export async function checkLocalLaws(numRuns: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { minLength: 2, maxLength: 8 }),
      fc.infiniteStream(fc.nat({ max: 99 })),
      async (rounds, rolls) => {
        const scene = new Scene()
        scene.line.roll = () => rolls.next().value ?? 99
        for (let i = 0; i < TABS; i += 1) scene.tabs.push(await scene.open())
        for (const round of rounds) await Promise.all(round.map((each) => scene.run(each)))
        scene.line.isOffline = false
        scene.line.roll = () => 99
        for (const { outbox } of scene.tabs) await outbox.flush({ signal: AbortSignal.timeout(20_000) })
        const stored = await scene.stored()
        expect([...stored].sort()).toEqual([...scene.told].sort())
        for (const { sdk, outbox } of scene.tabs) {
          // A tab whose last call was lost shows what this device has, until it has asked again.
          const shown = async () => (await sdk.storage.loadConversation('one'))?.messages.map(({ id }) => id)
          await expect.poll(shown, { timeout: 10_000 }).toEqual(stored.length === 0 ? undefined : stored)
          expect(outbox.getStatus()).toMatchObject({ status: 'saved', failed: 0 })
        }
        await Promise.all(scene.tabs.map(({ sdk }) => sdk.close()))
      },
    ),
    { numRuns },
  )
}
