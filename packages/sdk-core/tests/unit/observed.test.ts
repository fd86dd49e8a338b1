import { describe, expect, it } from 'vitest'
import { KeyedObservers } from '../../src/observers/keyed-observers'
import { Observed } from '../../src/observers/observed'
import { FakeClock } from '../support/fake-clock'

/** Counts, and how often it was read. */
class Counter extends Observed<{ count: number }> {
  reads = 0
  starts = 0
  isClosed = false
  isBusy = false
  #count = 0

  override get isInUse(): boolean {
    return super.isInUse || this.isBusy
  }

  increase(): void {
    this.#count += 1
    this.changed()
  }

  close(): void {
    this.isClosed = true
  }

  protected start(): void {
    this.starts += 1
  }

  protected read() {
    this.reads += 1
    return { count: this.#count }
  }
}

describe('What is observed', () => {
  it('tells once a frame and is read once, however often it changes', () => {
    const frames: (() => void)[] = []
    const counter = new Counter({ count: 0 }, (task) => frames.push(task))
    let told = 0
    counter.subscribe(() => {
      told += 1
      counter.getSnapshot()
    })
    for (let i = 0; i < 100; i += 1) counter.increase()
    for (const frame of frames.splice(0)) frame()
    expect(told).toBe(1)
    expect(counter.reads).toBe(1)
    expect(counter.getSnapshot()).toEqual({ count: 100 })
    counter.increase()
    expect(frames).toHaveLength(1)
  })

  it('gives the same snapshot until something changes', () => {
    const counter = new Counter({ count: 0 }, (task) => task())
    const first = counter.getSnapshot()
    expect(counter.getSnapshot()).toBe(first)
    counter.increase()
    expect(counter.getSnapshot()).not.toBe(first)
    expect(counter.getSnapshot()).toBe(counter.getSnapshot())
  })

  it('starts with the first listener, and once', () => {
    const counter = new Counter({ count: 0 })
    expect(counter.starts).toBe(0)
    counter.subscribe(() => {})()
    counter.subscribe(() => {})()
    expect(counter.starts).toBe(1)
  })
})

describe('Observers by key', () => {
  it('are one for all who ask, and closed a while after the last one left', () => {
    const clock = new FakeClock()
    const counters = new KeyedObservers(() => new Counter({ count: 0 }), clock)
    const first = counters.get('a')
    const leave = first.subscribe(() => {})
    leave()
    const leaveAgain = counters.get('a').subscribe(() => {})
    expect(counters.get('a')).toBe(first)
    clock.advance(5000)
    expect(first.isClosed).toBe(false)
    leaveAgain()
    clock.advance(5000)
    expect(first.isClosed).toBe(true)
    expect(counters.get('a')).not.toBe(first)
  })

  it('are not closed before what they do has come to its end', () => {
    const clock = new FakeClock()
    const counters = new KeyedObservers(() => new Counter({ count: 0 }), clock)
    const counter = counters.get('a')
    counter.isBusy = true
    clock.advance(60_000)
    expect(counter.isClosed).toBe(false)
    counter.isBusy = false
    clock.advance(5000)
    expect(counter.isClosed).toBe(true)
    expect(clock.pending).toBe(0)
  })
})
