import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateSeedPhrase } from '@s5-conversations/sdk-core'
import { Wallet } from 'ethers'
import { expect, it } from 'vitest'
import { startCommand } from './support/gateway-command'
import { client, closeAfterTest, signIn, user } from './support/gateway-scene'

it('The command keeps conversations in a database where it is told to, also over a restart', async () => {
  const folder = await mkdtemp(join(tmpdir(), 's5-gateway-store-'))
  closeAfterTest({ close: () => rm(folder, { recursive: true, force: true }) })
  const seed = generateSeedPhrase()
  const command = `S5_SEED_PHRASE='${seed}' exec node bin/s5-gateway.js --port 0 --store 'pglite:${join(folder, 'db')}'`
  const wallet = Wallet.createRandom()
  const first = await startCommand(command)
  const ask = await client(first.url, await signIn(first.url, wallet))
  const saved = await ask('POST', '/conversations/one/messages', { messages: [user('kept in a database')] })
  expect(saved.status).toBeLessThan(300)
  await first.close()
  const second = await startCommand(command)
  const again = await client(second.url, await signIn(second.url, wallet))
  const { json } = await again('GET', '/conversations/one')
  expect(json).toMatchObject({ messages: [{ content: 'kept in a database' }], version: 1 })
})

it('The command says what is wrong with a store that there is not', async () => {
  const start = startCommand(
    `S5_SEED_PHRASE='${generateSeedPhrase()}' exec node bin/s5-gateway.js --store mysql://x`,
  )
  await expect(start).rejects.toThrow('did not start')
})
