import fc from 'fast-check'
import { expect } from 'vitest'
import type { Portal } from '../../src/start-portal'
import { toBase64Url, utf8 } from './bytes'
import { cidOf, createClient } from './client'
import { signEntry } from './entries'
import { createKey, type TestKey } from './keys'
import { eventually, openPortal } from './portal'

const PAIRS = [
  [0, 1],
  [0, 2],
  [1, 2],
] as const
const KEYS = 4
/** From here on keys are forked on purpose: each portal gets a revision of its own making. */
const FORKED_KEY = KEYS

/** One step of a schedule: cut or join a pair of portals, or write at one of them. */
export type Step =
  | { readonly do: 'cut'; readonly pair: number }
  | { readonly do: 'join'; readonly pair: number }
  | { readonly do: 'entry'; readonly portal: number; readonly key: number }
  | { readonly do: 'fork'; readonly portal: number }
  | { readonly do: 'blob'; readonly portal: number; readonly bytes: number }

const portal = fc.nat(2)
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constantFrom('cut' as const, 'join' as const), pair: fc.nat(2) }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('entry' as const), portal, key: fc.nat(KEYS - 1) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('fork' as const), portal }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('blob' as const), portal, bytes: fc.nat(60_000) }) },
)

/** The schedule of a seed; the same each time. */
export function scheduleOf(seed: number): readonly Step[] {
  const [schedule = []] = fc.sample(fc.array(step, { minLength: 10, maxLength: 25 }), { seed, numRuns: 1 })
  return schedule
}

/** Three portals, each connected with both others, as far as a test can reach them. */
export interface Trio {
  readonly urls: readonly string[]
  readonly peerUris: readonly string[]
  /** Lets the portal reach all peers but these. */
  cutOff(portal: number, peerUris: readonly string[]): Promise<void>
}

/** Three portals of this process, in memory. */
export async function openTrio(): Promise<Trio> {
  const portals: Portal[] = []
  for (let index = 0; index < 3; index++) {
    portals.push(await openPortal({ faults: true, peers: portals.map(({ peerUri }) => peerUri) }))
  }
  return {
    urls: portals.map(({ url }) => url),
    peerUris: portals.map(({ peerUri }) => peerUri),
    cutOff: async (index, partitionFrom) => portals[index]?.faults.set({ partitionFrom }),
  }
}

/** What was acknowledged in the course of a schedule. */
interface Acknowledged {
  readonly keys: readonly TestKey[]
  readonly revisionByKey: Map<number, number>
  readonly contentByCid: Map<string, string>
  forks: number
}

/** Plays a schedule, joins everything again, and expects all three to serve all that was acknowledged. */
export async function expectToConverge(trio: Trio, schedule: readonly Step[]): Promise<void> {
  const clients = trio.urls.map((url) => createClient(url))
  const tokens = await Promise.all(clients.map((client) => client.register()))
  const seen: Acknowledged = {
    keys: Array.from({ length: KEYS + 1 }, () => createKey()),
    revisionByKey: new Map(),
    contentByCid: new Map(),
    forks: 0,
  }
  const cuts = new Set<number>()
  for (const [index, step] of schedule.entries()) await play(trio, clients, tokens, seen, cuts, step, index)
  cuts.clear()
  await applyCuts(trio, cuts)
  await eventually(() => expectEverything(clients, seen), 20_000)
}

type Client = ReturnType<typeof createClient>

async function play(
  trio: Trio,
  clients: readonly Client[],
  tokens: readonly string[],
  seen: Acknowledged,
  cuts: Set<number>,
  step: Step,
  index: number,
): Promise<void> {
  if (step.do === 'cut' || step.do === 'join') {
    if (step.do === 'cut') cuts.add(step.pair)
    else cuts.delete(step.pair)
    return applyCuts(trio, cuts)
  }
  const client = clients[step.portal]
  if (client === undefined) throw new Error('no such portal')
  if (step.do === 'blob')
    return storeBlob(client, tokens[step.portal] ?? '', seen, `${index} `.repeat(step.bytes / 4))
  const key = step.do === 'fork' ? FORKED_KEY : step.key
  // Revisions rise over all portals, so that a key is never forked; but for the one that always is.
  const revision = step.do === 'fork' ? 1 : (seen.revisionByKey.get(key) ?? 0) + 1
  const entry = signEntry(seen.keys[key] ?? createKey(), revision, new Uint8Array(33).fill(step.portal + 1))
  const { status } = await client.writeEntry(entry)
  if (step.do === 'fork') {
    seen.forks += status === 204 ? 1 : 0
  } else {
    expect(status).toBe(204)
    seen.revisionByKey.set(key, revision)
  }
}

async function storeBlob(client: Client, token: string, seen: Acknowledged, content: string): Promise<void> {
  const answer = await client.upload(token, utf8(content))
  expect(answer.status).toBe(200)
  seen.contentByCid.set(await cidOf(answer), content)
}

async function applyCuts(trio: Trio, cuts: ReadonlySet<number>): Promise<void> {
  const cutPairs = PAIRS.filter((_, index) => cuts.has(index))
  await Promise.all(
    [0, 1, 2].map((index) => {
      const others = cutPairs
        .filter((pair) => pair.some((member) => member === index))
        .map(([a, b]) => (a === index ? b : a))
      return trio.cutOff(
        index,
        others.map((other) => trio.peerUris[other] ?? ''),
      )
    }),
  )
}

async function expectEverything(clients: readonly Client[], seen: Acknowledged): Promise<void> {
  for (const [key, revision] of seen.revisionByKey) {
    const entries = await readAll(clients, seen.keys[key])
    expect(entries.map((entry) => entry?.revision)).toEqual([revision, revision, revision])
    expect(new Set(entries.map((entry) => JSON.stringify(entry))).size).toBe(1)
  }
  // A fork is kept by each portal as it came; but all have some entry of the key.
  const forks = await readAll(clients, seen.keys[FORKED_KEY])
  expect(forks.map((entry) => entry?.revision)).toEqual(forks.map(() => (seen.forks > 0 ? 1 : undefined)))
  for (const [cid, content] of seen.contentByCid) {
    for (const client of clients) {
      const answer = await client.get(`/s5/blob/${cid}`)
      expect(answer.status).toBe(200)
      expect((await answer.text()) === content).toBe(true)
    }
  }
}

function readAll(clients: readonly Client[], key: TestKey | undefined) {
  return Promise.all(
    clients.map(async (client) => {
      const answer = await client.readEntry(toBase64Url(key?.publicKey ?? new Uint8Array()))
      const body = (await answer.json()) as { revision: number }
      return answer.status === 200 ? body : undefined
    }),
  )
}
