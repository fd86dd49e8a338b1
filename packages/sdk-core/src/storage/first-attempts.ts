import { type ConversationChange, takesAway } from '../conversation/change'

/** The version that each change first met, for the changes whose outcome depends on it. */
export class FirstAttempts {
  readonly #versions = new WeakMap<ConversationChange, number>()

  /** @param current the version that `change` meets now: its first one, unless it was attempted before */
  versionOf(change: ConversationChange, current: number): number {
    const first = this.#versions.get(change) ?? change.absentAt ?? current
    this.#versions.set(change, first)
    return first
  }

  /** What takes away and names no version was decided on the one it first met. */
  decide(change: ConversationChange, current: number): ConversationChange {
    if (!takesAway(change) || change.expectedVersion !== undefined) return change
    return { ...change, expectedVersion: this.versionOf(change, current) }
  }
}
