import fc from 'fast-check'
import { expect } from 'vitest'
import { SDKError, type Sdk } from '../../src/index'
import { textsOf, user } from './fixture'
import { FAULTS, Trio } from './trio'

const portal = fc.nat({ max: 2 })
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('append' as const), device: fc.nat({ max: 2 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('break' as const), portal, fault: fc.constantFrom(...FAULTS) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('heal' as const), portal }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('read' as const), device: fc.nat({ max: 2 }) }) },
)

/**
 * Three devices append and read while one portal at a time has some fault: what was acknowledged is there
 * once, in one order for all devices.
 */
export async function checkPortalLaws(numRuns: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 16 }), async (steps) => {
      const trio = await Trio.start()
      const devices = await Promise.all([trio.device(), trio.device(), trio.device()])
      const acknowledged: string[] = []
      const working: Promise<void>[] = []
      for (const [i, each] of steps.entries()) {
        if (each.kind === 'append' || each.kind === 'read') {
          const device = devices[each.device] as Sdk
          const known = [...acknowledged]
          working.push(
            typed(async () => {
              if (each.kind === 'read') {
                expect(await textsOf(device, 'one')).toEqual(expect.arrayContaining(known))
              } else {
                await device.storage.appendMessage('one', user(`message ${i}`))
                acknowledged.push(`message ${i}`)
              }
            }),
          )
          // Every other call runs beside the next one.
          if (i % 2 === 0) await Promise.all(working)
        } else if (each.kind === 'heal') {
          await trio.portals[each.portal]?.heal()
        } else {
          await Promise.all(working)
          await trio.heal()
          await trio.portals[each.portal]?.break(each.fault)
        }
      }
      await Promise.all(working)
      await trio.heal()
      const texts = await textsOf(await trio.device(), 'one')
      expect(new Set(texts).size).toBe(texts.length)
      expect(texts).toEqual(expect.arrayContaining(acknowledged))
      for (const device of devices) expect(await textsOf(device, 'one')).toEqual(texts)
    }),
    { numRuns, endOnFailure: true },
  )
}

async function typed(task: () => Promise<void>): Promise<void> {
  await task().catch((error: unknown) => {
    if (!(error instanceof SDKError)) throw error
  })
}
