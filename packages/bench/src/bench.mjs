// Times are medians of one run on this machine; requests and bytes are counted by the SDK.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createPortal } from '@s5-conversations/s5-portal'
import { createSdk, generateSeedPhrase } from '@s5-conversations/sdk-core'
import { startDelayingRelay } from './delaying-relay.mjs'
import { medianTime, timed } from './measure.mjs'

/** @typedef {import('@s5-conversations/sdk-core').Sdk} Sdk */
/** @typedef {{ operation: string, ms: number, requests: number | string, bytesUp: number | string, roundTrips?: number }} Row */

const DELAY_MS = 25
const message = { role: /** @type {const} */ ('user'), content: 'x'.repeat(500) }

const dataDir = await mkdtemp(join(tmpdir(), 's5-bench-'))
const portal = await createPortal({ port: 0, dataDir })
const relay = await startDelayingRelay(portal.url, DELAY_MS)
try {
  const rows = [
    await firstUse(portal.url),
    ...(await steadySaves('local', portal.url)),
    ...(await steadySaves(`${DELAY_MS} ms each way`, relay.url, 2 * DELAY_MS)),
  ]
  console.table(rows)
} finally {
  relay.close()
  await portal.close()
  await rm(dataDir, { recursive: true, force: true })
}

/**
 * From nothing to a saved and listed conversation.
 * @param {string} url
 * @returns {Promise<Row>}
 */
async function firstUse(url) {
  /** @type {Sdk[]} */
  const made = []
  const ms = await medianTime(5, async () => {
    const sdk = await createSdk({ portals: [url], seedPhrase: generateSeedPhrase() })
    made.push(sdk)
    await sdk.storage.appendMessage('first', message)
  })
  const stats = made[0]?.storage.getStats()
  await Promise.all(made.map((sdk) => sdk.close()))
  return {
    operation: 'first use',
    ms: round(ms),
    requests: stats?.requests ?? 0,
    bytesUp: stats?.bytesUp ?? 0,
  }
}

/**
 * Appends to a conversation that exists, and a load in a fresh SDK.
 * @param {string} network
 * @param {string} url
 * @param {number} [roundTripMs]
 * @returns {Promise<Row[]>}
 */
async function steadySaves(network, url, roundTripMs) {
  const seedPhrase = generateSeedPhrase()
  const sdk = await createSdk({ portals: [url], seedPhrase })
  await sdk.storage.appendMessage('steady', message)
  const before = sdk.storage.getStats()
  const times = 30
  const saveMs = await medianTime(times, () => sdk.storage.appendMessage('steady', message))
  const after = sdk.storage.getStats()
  await sdk.storage.appendMessage('short', message)
  await sdk.close()
  const reader = await createSdk({ portals: [url], seedPhrase })
  const signedIn = reader.storage.getStats()
  const loadMs = await timed(() => reader.storage.loadConversation('short'))
  const loaded = reader.storage.getStats()
  await reader.close()
  const perSave = (/** @type {'requests' | 'bytesUp'} */ name) =>
    ((after[name] - before[name]) / times).toFixed(1)
  return [
    {
      operation: `append, ${network}`,
      ms: round(saveMs),
      requests: perSave('requests'),
      bytesUp: perSave('bytesUp'),
      ...(roundTripMs === undefined ? {} : { roundTrips: round(saveMs / roundTripMs) }),
    },
    {
      operation: `cold load of a short conversation, ${network}`,
      ms: round(loadMs),
      requests: loaded.requests - signedIn.requests,
      bytesUp: 0,
      ...(roundTripMs === undefined ? {} : { roundTrips: round(loadMs / roundTripMs) }),
    },
  ]
}

/** @param {number} value */
function round(value) {
  return Math.round(value * 100) / 100
}
