/** Runs a task again as often as it is asked for, but never twice at once: the last ask is always answered. */
export class OneAtATime {
  readonly #task: () => Promise<void>
  #isAsked = false
  #isRunning = false

  constructor(task: () => Promise<void>) {
    this.#task = task
  }

  ask(): void {
    this.#isAsked = true
    if (!this.#isRunning) void this.#run()
  }

  end(): void {
    this.#isAsked = false
  }

  async #run(): Promise<void> {
    this.#isRunning = true
    while (this.#isAsked) {
      this.#isAsked = false
      await this.#task()
    }
    this.#isRunning = false
  }
}
