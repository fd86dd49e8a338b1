import { type Clock, systemClock } from '../observe/clock'
import type { Observed } from './observed'

/** How long one is kept that nobody watches, in ms: interfaces unmount and mount again, and renders are given up. */
const KEPT_MS = 1000

/** Observers that are shared by all who ask for the same key, and closed when nobody has watched for a while. */
export class KeyedObservers<O extends Observed<unknown>> {
  readonly #create: (key: string) => O
  readonly #clock: Clock
  readonly #byKey = new Map<string, O>()

  constructor(create: (key: string) => O, clock: Clock = systemClock) {
    this.#create = create
    this.#clock = clock
  }

  get(key: string): O {
    const known = this.#byKey.get(key)
    if (known !== undefined) return known
    const made = this.#create(key)
    this.#byKey.set(key, made)
    this.#closeLater(key, made)
    return made
  }

  #closeLater(key: string, observer: O): void {
    this.#clock.after(KEPT_MS, () => {
      if (observer.isInUse) return this.#closeLater(key, observer)
      this.#byKey.delete(key)
      void observer.close()
    })
  }
}
