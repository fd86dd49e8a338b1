import { expect } from 'vitest'
import { generateSeedPhrase, type Message, SDKError, type Sdk, SessionManager } from '../../src/index'
import { createRandom } from '../../src/testing/index'
import { hastyClock } from './fake-clock'
import { startPortal, startSdk, user } from './fixture'
import { type Ending, scriptedLlm } from './scripted-llm'
import { START } from './session-scene'

/** Longest random wait, in ms. */
const LONGEST_WAIT_MS = 12
const STORMS_AT_ONCE = 5

/** Two SDKs of one identity. */
export type Devices = readonly [Sdk, Sdk]

export async function startDevices(): Promise<Devices> {
  const { url } = await startPortal()
  const seedPhrase = generateSeedPhrase()
  return [await startSdk(url, seedPhrase), await startSdk(url, seedPhrase)]
}

/** What one storm's callers were told. */
class Told {
  readonly acknowledged: string[] = []
  readonly refusals: unknown[] = []
  shown = ''

  async hear(text: string, call: Promise<unknown>): Promise<void> {
    try {
      await call
      this.acknowledged.push(text)
    } catch (error) {
      this.refusals.push(error)
    }
  }
}

/** Plays a storm for each seed from 0 on, some at once. */
export async function playStorms(seeds: number, isContended: boolean): Promise<void> {
  const devices = await startDevices()
  for (let seed = 0; seed < seeds; seed += STORMS_AT_ONCE) {
    const few = Array.from({ length: Math.min(STORMS_AT_ONCE, seeds - seed) }, (_, i) => seed + i)
    await Promise.all(few.map((each) => playStorm(devices, each, isContended)))
  }
}

/**
 * Sends four messages rapidly, streams an answer that stalls, throws or ends, and ends the session meanwhile, all
 * at random times that `seed` decides; then looks what is there. `isContended`: a second device appends too.
 */
async function playStorm([one, other]: Devices, seed: number, isContended: boolean): Promise<void> {
  const random = createRandom(seed)
  const pause = () => new Promise((resolve) => setTimeout(resolve, random() * LONGEST_WAIT_MS))
  const sessions = new SessionManager({ storage: one.storage, clock: hastyClock })
  const { id, conversationId } = await sessions.startSession(START)
  const told = new Told()
  const calls = [appendElsewhere(other, conversationId, isContended ? 6 : 0, told, pause)]
  calls.push(told.hear('prompt', stream(sessions, id, told, pause, random)))
  for (const text of ['one', 'two', 'three', 'four']) {
    calls.push(told.hear(text, sessions.sendMessage(id, text)))
    if (random() < 0.5) await pause()
  }
  for (let pauses = random() * 8; pauses > 0; pauses -= 1) await pause()
  const ended = await sessions.endSession(id)
  calls.push(told.hear('too late', sessions.sendMessage(id, 'too late')))
  await Promise.all(calls)
  const stored = await other.storage.loadConversation(conversationId)
  expect([ended.status, stored?.metadata[`session/${id}`]]).toMatchObject(['ended', { status: 'ended' }])
  judge(told, stored?.messages ?? [])
  await sessions.close()
}

function stream(
  sessions: SessionManager,
  id: string,
  told: Told,
  pause: () => Promise<unknown>,
  random: () => number,
): Promise<unknown> {
  const words = Array.from({ length: Math.floor(random() * 8) }, (_, i) => `word ${i} `)
  const ending = (['end', 'throw', 'stall'] as const satisfies Ending[])[Math.floor(random() * 3)]
  return sessions.streamMessage(id, 'prompt', scriptedLlm(words, ending, pause), {
    onText: (text) => {
      told.shown += text
    },
  })
}

async function appendElsewhere(
  { storage }: Sdk,
  conversationId: string,
  count: number,
  told: Told,
  pause: () => Promise<unknown>,
): Promise<void> {
  for (let i = 0; i < count; i += 1) {
    const text = `elsewhere ${i}`
    await told.hear(text, storage.appendMessage(conversationId, user(text)))
    await pause()
  }
}

function judge({ acknowledged, refusals, shown }: Told, stored: Message[]): void {
  const answers = stored.filter(({ role }) => role === 'assistant')
  const texts = stored.filter(({ role }) => role === 'user').map(({ content }) => content)
  expect(new Set(texts).size).toBe(texts.length)
  expect(texts).toEqual(expect.arrayContaining(acknowledged))
  expect(acknowledged).toEqual(expect.arrayContaining(['one', 'two', 'three', 'four']))
  expect(answers.map(({ content }) => content)).toEqual(shown === '' ? [] : [shown])
  for (const { metadata } of answers) expect(['complete', 'failed', 'aborted']).toContain(metadata?.status)
  const codes = refusals.map((error) => error instanceof SDKError && error.code)
  expect(['SESSION_STATE', 'GENERATION_FAILED']).toEqual(expect.arrayContaining(codes))
  expect(codes).toContain('SESSION_STATE')
}
