import fc from 'fast-check'
import { afterEach, beforeEach, expect, vi } from 'vitest'
import { type Message, SDKError, type Sdk } from '../../src/index'
import { user } from './fixture'
import { type MemoryDevice, startMemoryDevice } from './memory-devices'
import { type CallFate, MemoryNetwork } from './memory-network'

type Step =
  | { kind: 'append'; device: number; count: number; size: number }
  | { kind: 'edit' | 'delete'; device: number; pick: number }
  | { kind: 'save'; device: number }
  | { kind: 'rename'; device: number; title: string }
  | { kind: 'crash'; device: number }

const device = fc.nat({ max: 2 })
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('append' as const),
      device,
      count: fc.integer({ min: 1, max: 8 }),
      size: fc.integer({ min: 1, max: 1500 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('edit' as const), device, pick: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), device, pick: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('save' as const), device }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('rename' as const),
      device,
      title: fc.string({ minLength: 1 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('crash' as const), device }) },
)

/** What the callers were told. A change whose call failed may have landed or not. */
class Told {
  readonly present = new Set<string>()
  readonly deleted = new Set<string>()
  readonly maybe = new Set<string>()
  readonly edits = new Map<string, Set<string>>()
  count = 0
}

async function attempt(task: () => Promise<void>): Promise<boolean> {
  try {
    await task()
    return true
  } catch (error) {
    if (error instanceof SDKError && (error.retryable || error.code === 'INVALID_INPUT')) return false
    throw error
  }
}

async function run(
  start: () => Promise<MemoryDevice>,
  devices: MemoryDevice[],
  each: Step,
  told: Told,
): Promise<void> {
  const { sdk } = devices[each.device] as MemoryDevice
  if (each.kind === 'append') {
    const ids = Array.from({ length: each.count }, () => `m${told.count++}`)
    const messages = ids.map((id) => ({ id, ...user(id.padEnd(each.size, '.')) }))
    for (const id of ids) told.maybe.add(id)
    if (await attempt(async () => void (await sdk.storage.appendMessages('one', messages)))) {
      for (const id of ids) told.present.add(id)
    }
  } else if (each.kind === 'edit' || each.kind === 'delete') {
    const known = [...told.present].filter((id) => !told.deleted.has(id))
    const id = known[each.pick % Math.max(known.length, 1)]
    if (id === undefined) return
    if (each.kind === 'edit') {
      const content = `edited ${told.count++}`
      const edits = told.edits.get(id) ?? new Set()
      told.edits.set(id, edits.add(content))
      await attempt(async () => void (await sdk.storage.editMessage('one', id, content)))
    } else {
      told.maybe.add(id)
      told.present.delete(id)
      if (await attempt(async () => void (await sdk.storage.deleteMessage('one', id)))) told.deleted.add(id)
    }
  } else if (each.kind === 'rename') {
    await attempt(async () => void (await sdk.storage.updateConversation('one', { title: each.title })))
  } else if (each.kind === 'save') {
    await attempt(async () => {
      const loaded = await sdk.storage.loadConversation('one')
      if (loaded !== undefined) await sdk.saveConversation(loaded)
    })
  } else {
    devices[each.device]?.crash()
    devices[each.device] = await start()
  }
}

async function messagesOf(sdk: Sdk): Promise<Message[]> {
  return (await sdk.storage.loadConversation('one'))?.messages ?? []
}

/** Waits pass as fast as everything else goes: 5 ms for each turn of the event loop. */
const clock = { isRunning: false }

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  clock.isRunning = true
  const tick = () => {
    if (!clock.isRunning) return
    vi.advanceTimersByTime(5)
    setImmediate(tick)
  }
  setImmediate(tick)
})

afterEach(() => {
  clock.isRunning = false
  vi.useRealTimers()
})

/**
 * Any changes from three devices, with crashes and lost calls, leave every acknowledged message there once,
 * deleted ones away, and one order for all. Call it from a test: it replaces timers for the time of the test.
 */
export async function checkStoreLaws(numRuns: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(step, { minLength: 1, maxLength: 3 }), { minLength: 3, maxLength: 14 }),
      fc.infiniteStream(fc.integer({ min: 0, max: 99 })),
      async (rounds, rolls) => {
        const network = new MemoryNetwork()
        const started: MemoryDevice[] = []
        const start = async () => {
          const device = await startMemoryDevice(network)
          started.push(device)
          return device
        }
        const devices = await Promise.all([0, 1, 2].map(start))
        const told = new Told()
        network.fate = (): CallFate => {
          const roll = rolls.next().value ?? 99
          if (roll < 2) return 'lost-before'
          return roll < 4 ? 'lost-after' : 'ok'
        }
        for (const round of rounds) await Promise.all(round.map((each) => run(start, devices, each, told)))
        network.fate = () => 'ok'
        const { sdk: witness } = await start()
        const messages = await messagesOf(witness)
        const ids = messages.map(({ id }) => id)
        expect(new Set(ids).size).toBe(ids.length)
        for (const id of told.present) expect(ids).toContain(id)
        for (const id of told.deleted) expect(ids).not.toContain(id)
        for (const id of ids) expect(told.maybe.has(id)).toBe(true)
        for (const { id, content } of messages) {
          const isOriginal = String(content).startsWith(id)
          expect(isOriginal || told.edits.get(id)?.has(String(content))).toBe(true)
        }
        for (const { sdk } of devices) expect(await messagesOf(sdk)).toEqual(messages)
        if (told.present.size > 0) {
          const { items } = await witness.storage.listConversations()
          expect(items.map(({ id }) => id)).toEqual(['one'])
        }
        // Also the crashed ones: they would try to refresh their summaries for ever.
        await Promise.all(started.map(({ sdk }) => sdk.close()))
      },
    ),
    { numRuns },
  )
}
