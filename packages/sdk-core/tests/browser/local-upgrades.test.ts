import { expect, it } from 'vitest'
import { createSdk } from '../../src/index'
import { openLocalOnly } from '../../src/local/open-local-first'
import { silentLogger } from '../../src/observe/log'
import { holdOldDatabase } from '../support/old-database'

it('A database that an older tab holds open is refused as blocked, and used as soon as that tab is closed', async () => {
  const scope = `blocked ${crypto.randomUUID()}`
  const old = await holdOldDatabase(indexedDB, scope)
  const sdk = await createSdk({ store: openLocalOnly({ scope, log: silentLogger, notify: () => {} }) })
  const save = () => sdk.storage.appendMessage('one', { role: 'user', content: 'x' })
  for (let i = 0; i < 2; i += 1) {
    await expect(save()).rejects.toMatchObject({ name: 'LocalStoreError', problem: 'blocked' })
  }
  old.close()
  await expect
    .poll(() =>
      save().then(
        ({ version }) => version,
        () => 'refused',
      ),
    )
    .toBe(1)
  await sdk.close()
})
