import type { PortalLink } from './portal-link'

/**
 * One task for each portal: the healthy ones at once, the skipped ones too as soon as the healthy ones can no
 * longer give `need` results. What is still under way when there are enough goes on.
 */
export class Gathering<T> {
  readonly results = new Map<PortalLink, T>()
  readonly failures = new Map<PortalLink, unknown>()
  /** Resolves when there are `need` results, or when all tasks have ended without. */
  readonly enough: Promise<void>
  /** Resolves when all tasks that were begun have ended. */
  readonly done: Promise<void>
  readonly #need: number
  readonly #task: (link: PortalLink) => Promise<T>
  readonly #tasks = new Map<PortalLink, Promise<T>>()
  readonly #spare: PortalLink[]
  #pending = 0
  #haveEnough: () => void = () => {}
  #areDone: () => void = () => {}

  constructor(links: readonly PortalLink[], need: number, task: (link: PortalLink) => Promise<T>) {
    this.#need = need
    this.#task = task
    this.#spare = links.filter(({ isHealthy }) => !isHealthy)
    this.enough = new Promise((resolve) => {
      this.#haveEnough = resolve
    })
    this.done = new Promise((resolve) => {
      this.#areDone = resolve
    })
    for (const link of links) if (link.isHealthy) this.#begin(link)
    this.#consider()
  }

  get hasEnough(): boolean {
    return this.results.size >= this.#need
  }

  /** The result for one portal; begins its task if nobody has. */
  of(link: PortalLink): Promise<T> {
    return this.#tasks.get(link) ?? this.#begin(link)
  }

  #begin(link: PortalLink): Promise<T> {
    this.#pending += 1
    const task = this.#task(link)
    this.#tasks.set(link, task)
    task
      .then(
        (result) => void this.results.set(link, result),
        (error: unknown) => void this.failures.set(link, error),
      )
      .finally(() => {
        this.#pending -= 1
        this.#consider()
      })
    return task
  }

  #consider(): void {
    if (this.results.size + this.#pending < this.#need) {
      for (const link of this.#spare.splice(0)) if (!this.#tasks.has(link)) this.#begin(link)
    }
    if (this.hasEnough || this.#pending === 0) this.#haveEnough()
    if (this.#pending === 0) this.#areDone()
  }
}
