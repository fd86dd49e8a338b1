// Five hundred appends of 500 bytes, one at a time, side by side with a baseline that rewrites the whole file, and
// with the floor: the same requests without anything around them. `cpuMs` is of this process: the client's. The first
// ones in a process include what the runtime spends on compiling.
import { createSdk, generateSeedPhrase } from '@s5-conversations/sdk-core'
import { openBareHttp } from './bare-http.mjs'
import { startPortalProcess } from './server-process.mjs'
import { openWholeFile } from './whole-file.mjs'

/** @typedef {{ append: (text: string) => Promise<unknown>, stats: () => { requests: number, bytesUp: number }, close: () => unknown }} Subject */

const APPENDS = 500
const WORDS =
  'the of and to in that was his with for had not but from which when more no out so said what up its about'.split(
    ' ',
  )

const portal = await startPortalProcess()
try {
  const cold = await measure('append, SDK, first of the process', await openSdk(portal.url))
  const ours = await measure('append, SDK', await openSdk(portal.url))
  const theirs = await measure('append, whole file', await openBaseline(portal.url))
  const floor = await measure('its requests, bare node:http', await openBareHttp(ours))
  console.table([cold, ours, floor, theirs, ratio(ours, theirs)])
} finally {
  await portal.close()
}

/**
 * @param {string} url
 * @returns {Promise<Subject>}
 */
async function openSdk(url) {
  const sdk = await createSdk({ portals: [url], seedPhrase: generateSeedPhrase() })
  return {
    append: (text) => sdk.storage.appendMessage('long', { role: 'user', content: text }),
    stats: () => sdk.storage.getStats(),
    close: () => sdk.close(),
  }
}

/**
 * @param {string} url
 * @returns {Promise<Subject>}
 */
async function openBaseline(url) {
  const file = await openWholeFile(url)
  return { ...file, append: (text) => file.append({ role: 'user', content: text, createdAt: Date.now() }) }
}

/**
 * @param {string} operation
 * @param {Subject} subject
 */
async function measure(operation, subject) {
  await subject.append(text(0))
  const before = { ...subject.stats(), cpu: process.cpuUsage(), at: performance.now() }
  for (let i = 1; i <= APPENDS; i += 1) await subject.append(text(i))
  const { user, system } = process.cpuUsage(before.cpu)
  const after = subject.stats()
  const row = {
    operation,
    requests: (after.requests - before.requests) / APPENDS,
    bytesUp: Math.round((after.bytesUp - before.bytesUp) / APPENDS),
    cpuMs: Math.round((user + system) / APPENDS / 10) / 100,
    ms: Math.round(((performance.now() - before.at) / APPENDS) * 100) / 100,
  }
  await subject.close()
  return row
}

/**
 * @param {{ requests: number, bytesUp: number, cpuMs: number, ms: number }} ours
 * @param {{ requests: number, bytesUp: number, cpuMs: number, ms: number }} theirs
 */
function ratio(ours, theirs) {
  const of = (/** @type {'requests' | 'bytesUp' | 'cpuMs' | 'ms'} */ name) =>
    Math.round((theirs[name] / ours[name]) * 10) / 10
  return {
    operation: 'whole file / SDK',
    requests: of('requests'),
    bytesUp: of('bytesUp'),
    cpuMs: of('cpuMs'),
    ms: of('ms'),
  }
}

/** Exactly 500 characters that differ for each `seed`. @param {number} seed */
function text(seed) {
  let state = (seed + 1) * 2654435761
  let words = `${seed}`
  while (words.length < 500) {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 374761393) >>> 0
    words += ` ${WORDS[state % WORDS.length]}`
  }
  return words.slice(0, 500)
}
