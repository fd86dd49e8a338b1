import { expect, it } from 'vitest'
import { lead } from '../../src/local/leadership'
import { TabChannel } from '../../src/local/tab-channel'
import { FakeClock } from '../support/fake-clock'
import { closeAfterTest } from '../support/fixture'

function openChannel(): TabChannel {
  const channel = new TabChannel('leadership')
  closeAfterTest({ close: async () => channel.close() })
  return channel
}

it('Of the tabs of one name one leads at a time, in the order in which they asked', async () => {
  const options = { name: 'turns', channel: openChannel(), clock: new FakeClock() }
  const order: string[] = []
  const task = (name: string) => async () => {
    order.push(`${name} begins`)
    await new Promise((resolve) => setImmediate(resolve))
    order.push(`${name} ends`)
  }
  const { signal } = new AbortController()
  await Promise.all(['a', 'b'].map((name) => lead(options, signal, task(name))))
  expect(order).toEqual(['a begins', 'a ends', 'b begins', 'b ends'])
})

it('A tab that gave up waiting does not lead', async () => {
  const options = { name: 'gave up', channel: openChannel(), clock: new FakeClock() }
  let hasLed = false
  await lead(options, AbortSignal.abort(), async () => {
    hasLed = true
  })
  expect(hasLed).toBe(false)
})
