import { describe, expect, it } from 'vitest'
import { createSdk } from '../../src/index'
import { openLocalOnly } from '../../src/local/open-local-first'
import { closeAfterTest, textsOf, user } from '../support/fixture'
import { createDevice, tabOptions } from '../support/local-tabs'
import { holdOldDatabase } from '../support/old-database'

describe('A database that an older tab holds open', () => {
  it('is refused as blocked at once, and used as soon as that tab is closed', async () => {
    const device = createDevice()
    const old = await holdOldDatabase(device.indexedDB, device.scope)
    const sdk = closeAfterTest(await createSdk({ store: openLocalOnly(tabOptions(device)) }))
    for (const text of ['a', 'b']) {
      const refused = sdk.storage.appendMessage('one', user(text))
      await expect(refused).rejects.toMatchObject({ name: 'LocalStoreError', problem: 'blocked' })
    }
    old.close()
    const save = () => sdk.storage.appendMessage('one', user('c')).then(({ version }) => version)
    await expect.poll(() => save().catch(() => 'refused')).toBe(1)
    expect(await textsOf(sdk, 'one')).toEqual(['c'])
  })
})
