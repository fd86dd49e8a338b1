import { expect } from 'vitest'
import { SDKError, type Sdk } from '../../src/index'
import { textsOf, user } from './fixture'
import type { PortalFault, Trio } from './trio'

/** Appends, and notes down what was acknowledged. What fails fails with a typed error that says to try again. */
async function append(device: Sdk, text: string, acknowledged: Set<string>): Promise<void> {
  await device.storage.appendMessage('one', user(text))
  acknowledged.add(text)
}

async function typedErrorOrDone(task: Promise<void>): Promise<unknown> {
  return task.then(
    () => undefined,
    (error: unknown) => {
      expect(error).toBeInstanceOf(SDKError)
      return error
    },
  )
}

async function expectAll(device: Sdk, acknowledged: Set<string>): Promise<void> {
  const { items } = await device.storage.listConversations()
  expect(items.map(({ id }) => id)).toEqual(['one'])
  const texts = await textsOf(device, 'one')
  expect(new Set(texts).size).toBe(texts.length)
  expect(texts).toEqual(expect.arrayContaining([...acknowledged]))
}

/**
 * Two devices save before, while and after the first portals have these faults, and a fresh one reads. With one
 * faulty portal all of it works; with two each call either works or fails with a typed error. Nothing that was
 * acknowledged is ever missing, and nothing is there twice.
 */
export async function checkFaults(trio: Trio, faults: readonly PortalFault[]): Promise<void> {
  const [a, b] = [await trio.device(), await trio.device()]
  const acknowledged = new Set<string>()
  await append(a, 'before', acknowledged)
  await Promise.all(faults.map((fault, i) => trio.portals[i]?.break(fault)))

  const errors = [
    await typedErrorOrDone(append(a, 'by one meanwhile', acknowledged)),
    await typedErrorOrDone(append(b, 'by another meanwhile', acknowledged)),
    await typedErrorOrDone(trio.device().then((fresh) => expectAll(fresh, acknowledged))),
  ]
  if (faults.length === 1) expect(errors).toEqual([undefined, undefined, undefined])

  await trio.heal()
  await append(b, 'after', acknowledged)
  const fresh = await trio.device()
  for (const device of [fresh, a, b]) await expectAll(device, acknowledged)
  expect(await textsOf(a, 'one')).toEqual(await textsOf(fresh, 'one'))
  expect(await textsOf(b, 'one')).toEqual(await textsOf(fresh, 'one'))
}

/** Waits until each portal by itself, asked by a device that knows no other, gives exactly these texts. */
export async function waitUntilAllHold(trio: Trio, id: string, texts: readonly string[]): Promise<void> {
  const readers = await Promise.all(trio.portals.map((_, index) => trio.deviceOn([index])))
  for (const reader of readers) {
    await expect.poll(() => textsOf(reader, id).catch(String), { timeout: 20_000 }).toEqual(texts)
  }
}
