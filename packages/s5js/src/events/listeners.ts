import { toBase64url } from '../bytes/base64url'

/** Those who want to hear of something. One that throws does not keep the others from hearing. */
export class Listeners<A extends unknown[]> {
  readonly #listeners = new Set<{ call: (...args: A) => void }>()

  get isEmpty(): boolean {
    return this.#listeners.size === 0
  }

  /** @returns a function that removes it again */
  add(call: (...args: A) => void): () => void {
    const listener = { call }
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
    }
  }

  emit(...args: A): void {
    for (const listener of [...this.#listeners]) {
      if (this.#listeners.has(listener)) callSafely(listener.call, ...args)
    }
  }
}

/** What a callback throws becomes an uncaught error of its own, as with DOM events, and does not come back here. */
export function callSafely<A extends unknown[]>(callback: (...args: A) => void, ...args: A): void {
  try {
    callback(...args)
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
  }
}

/** Listeners by a key of bytes; a key that nobody listens to takes no memory. */
export class KeyedListeners<A extends unknown[]> {
  readonly #listenersByKey = new Map<string, Listeners<A>>()

  has(key: Uint8Array): boolean {
    return this.#listenersByKey.has(toBase64url(key))
  }

  add(key: Uint8Array, call: (...args: A) => void): () => void {
    const name = toBase64url(key)
    const listeners = this.#listenersByKey.get(name) ?? new Listeners<A>()
    this.#listenersByKey.set(name, listeners)
    const remove = listeners.add(call)
    return () => {
      remove()
      if (listeners.isEmpty && this.#listenersByKey.get(name) === listeners) this.#listenersByKey.delete(name)
    }
  }

  emit(key: Uint8Array, ...args: A): void {
    this.#listenersByKey.get(toBase64url(key))?.emit(...args)
  }
}
