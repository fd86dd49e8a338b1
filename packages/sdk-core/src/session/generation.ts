import type { Message } from '../conversation/types'
import { GenerationFailedError } from '../errors/session-errors'

/** After so many pieces of text in a row other tasks get a turn: a source that never waits must not keep them out. */
const PIECES_PER_TURN = 100

/** What an answer is made from. */
export interface GenerateInput {
  /** The conversation up to the prompt; a copy. */
  messages: Message[]
  /** Aborted when the answer is no longer wanted. */
  signal: AbortSignal
}

/** Any LLM client: gives the text of an answer, piece by piece. */
export type Generate = (input: GenerateInput) => AsyncIterable<string> | Promise<AsyncIterable<string>>

/**
 * Hands every piece of text to `onText`. Rejects with the signal's reason as soon as it is aborted, even where
 * `generate` never answers; nothing is handed on after that.
 * @throws GenerationFailedError
 */
export function readText(
  generate: Generate,
  input: GenerateInput,
  onText: (text: string) => void,
): Promise<void> {
  const { signal } = input
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    if (signal.aborted) return abort()
    signal.addEventListener('abort', abort, { once: true })
    pump(generate, input, onText)
      .then(resolve, (error: unknown) => reject(toFailure(error)))
      .finally(() => signal.removeEventListener('abort', abort))
  })
}

async function pump(generate: Generate, input: GenerateInput, onText: (text: string) => void): Promise<void> {
  let pieces = 0
  for await (const text of await generate(input)) {
    if (input.signal.aborted) return
    if (typeof text !== 'string') throw new GenerationFailedError(`generate gave ${typeof text}, not text`)
    onText(text)
    if (++pieces % PIECES_PER_TURN === 0) await new Promise((resolve) => setTimeout(resolve, 0))
  }
}

function toFailure(error: unknown): GenerationFailedError {
  return error instanceof GenerationFailedError
    ? error
    : new GenerationFailedError('generating the answer threw', error)
}
