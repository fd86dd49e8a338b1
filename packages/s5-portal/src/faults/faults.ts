import type { RouteName } from '../stats/counters'
import { Dice } from './dice'
import { type Chance, type FaultPlan, findWrongFault } from './fault-plan'

type ChanceName = 'dropRequests' | 'dropAnswers' | 'duplicate'

const REGISTRY_ROUTES: readonly RouteName[] = ['registryRead', 'registryWrite']

/** Switches that make a portal misbehave. */
export interface FaultSwitches {
  /** The plan that is in force. */
  get(): FaultPlan
  /**
   * Puts `plan` in the place of the one before; random decisions begin anew from its seed.
   *
   * @throws TypeError when it is not a fault plan
   */
  set(plan: FaultPlan): Promise<void>
  /** Lets everything be well again. What was lost stays lost. */
  clear(): Promise<void>
}

/** What of a portal a change of its faults concerns at once. */
export interface FaultTarget {
  /** Forgets everything that is stored. */
  forgetEverything(): Promise<void>
  /** Closes what may not be open any more, and opens what may be again. */
  reconsiderConnections(): void
}

/** Decides what goes wrong. */
export class Faults implements FaultSwitches {
  #plan: FaultPlan
  #dice: Dice
  #target: FaultTarget | undefined
  readonly #held = new Set<() => void>()

  /** @param plan - a valid one */
  constructor(plan: FaultPlan) {
    this.#plan = plan
    this.#dice = new Dice(plan.seed ?? 0)
  }

  /** Tells `target` of every change from now on. */
  attach(target: FaultTarget): void {
    this.#target = target
  }

  get(): FaultPlan {
    return this.#plan
  }

  async set(plan: FaultPlan): Promise<void> {
    const wrong = findWrongFault({ ...plan })
    if (wrong !== undefined) throw new TypeError(`${wrong} is not a fault, or not a value for it`)
    this.#plan = { ...plan }
    this.#dice = new Dice(plan.seed ?? 0)
    this.release()
    this.#target?.reconsiderConnections()
    if (plan.lostDisk === true) await this.#target?.forgetEverything()
  }

  clear(): Promise<void> {
    return this.set({})
  }

  /** Whether it happens this time. */
  strikes(fault: ChanceName, route: RouteName): boolean {
    const chance = chanceOf(this.#plan[fault], route)
    return chance > 0 && this.#dice.roll(`${fault}:${route}`) < chance
  }

  /** Whether it happens this time. */
  touches(fault: 'reorderPushes' | 'staleAnswers'): boolean {
    const chance = this.#plan[fault] ?? 0
    return chance > 0 && this.#dice.roll(fault) < chance
  }

  /** Resolves when a request of `route` is to be handled: after its delay, or when the plan changes before. */
  hold(route: RouteName): Promise<void> {
    const slowMs = REGISTRY_ROUTES.includes(route) ? this.registryMs : 0
    return new Promise((resolve) => {
      const release = () => {
        clearTimeout(timer)
        this.#held.delete(release)
        resolve()
      }
      const timer = setTimeout(release, this.#latencyMs(route) + slowMs)
      this.#held.add(release)
    })
  }

  /** Ends all waiting. */
  release(): void {
    for (const release of [...this.#held]) release()
  }

  get registryMs(): number {
    return this.#plan.slowRegistryMs ?? 0
  }

  get refusesConnections(): boolean {
    return this.#plan.refuse === true
  }

  get isDiskFull(): boolean {
    return this.#plan.diskFull === true
  }

  isBlobUnavailable(hash: Uint8Array): boolean {
    const { unavailableBlobs = [] } = this.#plan
    return unavailableBlobs === 'all' || unavailableBlobs.includes(Buffer.from(hash).toString('hex'))
  }

  /** @param uris - all by which the peer is known */
  isCutOff(uris: readonly (string | undefined)[]): boolean {
    const { partitionFrom = [], refuse = false } = this.#plan
    return refuse || partitionFrom === 'all' || uris.some((uri) => partitionFrom.includes(uri ?? ''))
  }

  #latencyMs(route: RouteName): number {
    const { delayMs = 0, jitterMs = 0 } = this.#plan
    return delayMs + (jitterMs > 0 ? jitterMs * this.#dice.roll(`jitterMs:${route}`) : 0)
  }
}

function chanceOf(chance: Chance | undefined, route: RouteName): number {
  return typeof chance === 'object' ? (chance[route] ?? 0) : (chance ?? 0)
}
