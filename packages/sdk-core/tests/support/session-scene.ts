import { expect } from 'vitest'
import { generateSeedPhrase, type Message, type Sdk, type Session, SessionManager } from '../../src/index'
import { FakeClock } from './fake-clock'
import { startPortal, startSdk } from './fixture'

export const START = { model: 'a-model', provider: 'a-provider' }
/** An answer with a character that is cut in two. */
export const WORDS = ['In ', 'the ', 'beginning', ' was 👍', '\ud83d', '\udc4d.']

interface Scene {
  sdk: Sdk
  other: Sdk
  clock: FakeClock
  sessions: SessionManager
  session: Session
  messages(): Promise<Message[]>
}

/** A session at a standing clock, and a second device. */
export async function playScene(): Promise<Scene> {
  const portal = await startPortal()
  const seedPhrase = generateSeedPhrase()
  const sdk = await startSdk(portal.url, seedPhrase)
  const other = await startSdk(portal.url, seedPhrase)
  const clock = new FakeClock()
  const sessions = new SessionManager({ storage: sdk.storage, clock })
  const session = await sessions.startSession(START)
  const messages = async () => (await other.storage.loadConversation(session.conversationId))?.messages ?? []
  return { sdk, other, clock, sessions, session, messages }
}

/** What was thrown instead of an answer. */
export async function refusalOf(call: Promise<unknown>): Promise<unknown> {
  const given = await call.then(
    () => 'no error',
    (error: unknown) => error,
  )
  expect(given).not.toBe('no error')
  return given
}

export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve))
}
