import { isPlainObject } from '../conversation/json-value'
import { optional, parseId, refuseUnknownFields } from '../conversation/message'
import { createMessageId } from '../conversation/message-id'
import type { Message, MessageInput } from '../conversation/types'
import { InvalidInputError } from '../errors/input-errors'
import { GenerationFailedError } from '../errors/session-errors'
import type { Clock } from '../observe/clock'
import { parseReadOptions } from '../storage/load-options'
import type { AppendOptions } from '../storage/save-options'
import type { StorageResult } from '../storage/storage-result'
import { GrowingAnswer } from './answer'
import { type Generate, readText } from './generation'
import type { OpenSession } from './open-session'
import type { SessionStorage } from './session-storage'
import { readMessages } from './take-over'

const DEADLINE_MS = 10 * 60_000

/** Options of `streamMessage`. */
export interface StreamOptions {
  /** Ends the answer; what was shown of it is saved. */
  signal?: AbortSignal
  /** Gets each piece of text as soon as it is there. */
  onText?: (text: string) => void
  /** An answer that takes longer has failed, in ms. @default 600 000 */
  deadlineMs?: number
  /** The id that the message of the answer gets. @default a fresh one */
  answerId?: string
}

/** An answer whose every word is acknowledged. */
export interface StreamedAnswer {
  promptId: string
  message: Message
  result: StorageResult
}

/** Makes a prompt durable: an answer may be generated once it resolves. */
export type SavePrompt = (
  conversationId: string,
  prompt: MessageInput,
  options: AppendOptions,
) => Promise<StorageResult>

export interface StreamParts {
  storage: SessionStorage
  savePrompt: SavePrompt
  clock: Clock
}

/** @throws InvalidInputError */
export function parseStreamOptions(options: unknown): StreamOptions {
  if (!isPlainObject(options)) throw new InvalidInputError('options', 'must be a plain object')
  refuseUnknownFields(options, ['signal', 'onText', 'deadlineMs', 'answerId'], 'options')
  return {
    ...parseReadOptions(options.signal === undefined ? {} : { signal: options.signal }),
    ...optional('onText', options.onText, parseListener),
    ...optional('deadlineMs', options.deadlineMs, parseDeadline),
    ...optional('answerId', options.answerId, (id) => parseId(id, 'options.answerId')),
  }
}

/**
 * Saves the prompt, then hands on the answer as it comes, and resolves when all of it is saved. Nothing that is
 * handed on waits for a save.
 * @throws GenerationFailedError, StaleSessionError, or the reason of the abort: what was shown is saved before,
 * unless the session is stale
 */
export function streamAnswer(
  session: OpenSession,
  prompt: MessageInput,
  generate: Generate,
  options: StreamOptions,
  parts: StreamParts,
): Promise<StreamedAnswer> {
  return session.stream((controller) =>
    endingEarly(controller, options, parts.clock, async () => {
      const promptId = await savePrompt(session, prompt, options, parts)
      controller.signal.throwIfAborted()
      const messages = await readMessages(parts.storage, session)
      const answer = growAnswer(session, promptId, options, controller, parts)
      return { promptId, ...(await generateInto(answer, generate, messages, options, controller.signal)) }
    }),
  )
}

/** Runs `task` with a controller that the caller's signal and the deadline abort. */
async function endingEarly<T>(
  controller: AbortController,
  { signal, deadlineMs = DEADLINE_MS }: StreamOptions,
  clock: Clock,
  task: () => Promise<T>,
): Promise<T> {
  const abort = () => controller.abort(signal?.reason)
  const callOff = clock.after(deadlineMs, () =>
    controller.abort(new GenerationFailedError(`the answer did not end within ${deadlineMs} ms`)),
  )
  signal?.addEventListener('abort', abort)
  try {
    return await task()
  } finally {
    callOff()
    signal?.removeEventListener('abort', abort)
  }
}

/** Ends with the caller's signal, not with the session: a prompt that was asked for is kept. */
async function savePrompt(
  session: OpenSession,
  prompt: MessageInput,
  { signal }: StreamOptions,
  parts: StreamParts,
): Promise<string> {
  const { messageIds } = await session.save([prompt], (condition) =>
    parts.savePrompt(session.data.conversationId, prompt, {
      session: condition,
      ...(signal === undefined ? {} : { signal }),
    }),
  )
  return messageIds[0] ?? ''
}

function growAnswer(
  session: OpenSession,
  parentId: string,
  { answerId: id = createMessageId() }: StreamOptions,
  controller: AbortController,
  { storage, clock }: StreamParts,
): GrowingAnswer {
  const { id: sessionId, conversationId } = session.data
  return new GrowingAnswer({
    clock,
    place: { id, createdAt: clock.now(), parentId, sessionId },
    save: (message) =>
      session.save([message], (condition) =>
        storage.saveConversation({ id: conversationId, messages: [message] }, { session: condition }),
      ),
    onRefused: (error) => controller.abort(error),
  })
}

async function generateInto(
  answer: GrowingAnswer,
  generate: Generate,
  messages: Message[],
  { onText }: StreamOptions,
  signal: AbortSignal,
): Promise<Omit<StreamedAnswer, 'promptId'>> {
  try {
    await readText(generate, { messages, signal }, (text) => {
      answer.add(text)
      onText?.(text)
    })
  } catch (error) {
    await answer.finish(error instanceof GenerationFailedError ? 'failed' : 'aborted')
    throw error
  }
  const saved = await answer.finish('complete')
  if (saved === undefined) throw new GenerationFailedError('generate gave no text')
  return saved
}

function parseListener(value: unknown): (text: string) => void {
  if (typeof value === 'function') return value as (text: string) => void
  throw new InvalidInputError('options.onText', 'must be a function')
}

function parseDeadline(value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value
  throw new InvalidInputError('options.deadlineMs', 'must be a whole number of ms from 1')
}
