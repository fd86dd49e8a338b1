/**
 * Random numbers that can be replayed. Each stream of decisions has its own sequence: what one route decides
 * does not depend on how many requests of other routes came between.
 */
export class Dice {
  readonly #seed: number
  readonly #stateByStream = new Map<string, number>()

  constructor(seed: number) {
    this.#seed = seed
  }

  /** @returns the next number of the stream, from 0 up to, but without, 1. */
  roll(stream: string): number {
    const state = (this.#stateByStream.get(stream) ?? hashText(`${this.#seed}/${stream}`)) + 0x6d2b79f5
    this.#stateByStream.set(stream, state | 0)
    return mix(state | 0)
  }
}

/** FNV-1a, 32 bits. */
function hashText(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  return hash
}

/** The output step of the generator mulberry32. */
function mix(state: number): number {
  let value = Math.imul(state ^ (state >>> 15), state | 1)
  value ^= value + Math.imul(value ^ (value >>> 7), value | 61)
  return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32
}
