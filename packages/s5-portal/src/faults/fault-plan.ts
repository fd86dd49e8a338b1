import { ROUTE_NAMES, type RouteName } from '../stats/counters'

/** A probability from 0 to 1: for everything, or by route; messages on sockets are the route `p2p`. */
export type Chance = number | Readonly<Partial<Record<RouteName, number>>>

/** How a portal misbehaves. What is left out stays well. */
export interface FaultPlan {
  /** The same seed makes the same decisions, route by route. @default 0 */
  readonly seed?: number
  /** Before every request and every message is handled. */
  readonly delayMs?: number
  /** Up to so much more, at random. */
  readonly jitterMs?: number
  /** The request is cut off, or the message lost, before it has any effect. */
  readonly dropRequests?: Chance
  /** The request has its full effect, and its answer is cut off or lost: a write whose fate nobody knows. */
  readonly dropAnswers?: Chance
  /** A registry write, or a message in either direction, takes effect twice. */
  readonly duplicate?: Chance
  /** A push is sent after the next one (or a little later, if there is none). */
  readonly reorderPushes?: number
  /** A registry read is answered with the entry before the newest one. */
  readonly staleAnswers?: number
  /** Blobs that cannot be read, as BLAKE3 hashes in hex, or all. */
  readonly unavailableBlobs?: readonly string[] | 'all'
  /** Before every registry request and message, beside `delayMs`. */
  readonly slowRegistryMs?: number
  /** Every connection is closed at once, and those that are open now. */
  readonly refuse?: boolean
  /** Peers, by their URIs, that cannot be reached and cannot reach this portal; or all. */
  readonly partitionFrom?: readonly string[] | 'all'
  /** Every write fails as on a full disk, before anything is acknowledged. */
  readonly diskFull?: boolean
  /** At the moment this is set, everything is forgotten: entries, blobs, accounts, tokens. */
  readonly lostDisk?: boolean
}

const isTime = (value: unknown) => Number.isFinite(value) && Number(value) >= 0 && Number(value) <= 600_000
const isProbability = (value: unknown) => typeof value === 'number' && value >= 0 && value <= 1
const isSwitch = (value: unknown) => typeof value === 'boolean'
const isChance = (value: unknown) =>
  isProbability(value) ||
  (typeof value === 'object' &&
    value !== null &&
    Object.entries(value).every(([route, chance]) => isRoute(route) && isProbability(chance)))
const isRoute = (name: string) => (ROUTE_NAMES as readonly string[]).includes(name)
const isTextsOrAll = (value: unknown) =>
  value === 'all' || (Array.isArray(value) && value.every((text) => typeof text === 'string'))

const CHECKS: Readonly<Record<keyof FaultPlan, (value: unknown) => boolean>> = {
  seed: Number.isSafeInteger,
  delayMs: isTime,
  jitterMs: isTime,
  slowRegistryMs: isTime,
  dropRequests: isChance,
  dropAnswers: isChance,
  duplicate: isChance,
  reorderPushes: isProbability,
  staleAnswers: isProbability,
  unavailableBlobs: isTextsOrAll,
  partitionFrom: isTextsOrAll,
  refuse: isSwitch,
  diskFull: isSwitch,
  lostDisk: isSwitch,
}

/** @returns the name of the first member that is not one of a fault plan, or whose value is wrong. */
export function findWrongFault(plan: Readonly<Record<string, unknown>>): string | undefined {
  const isRight = ([name, value]: [string, unknown]) =>
    Object.hasOwn(CHECKS, name) && CHECKS[name as keyof FaultPlan](value)
  return Object.entries(plan).find((member) => !isRight(member))?.[0]
}
