import { isPlainObject, parseJsonValue } from '../conversation/json-value'
import { MAX_MESSAGE_BYTES } from '../conversation/message'
import { createMessageId } from '../conversation/message-id'
import type { MessageInput } from '../conversation/types'
import { GenerationFailedError } from '../errors/session-errors'
import { untilAborted } from '../storage/until-aborted'
import type { NamedToolCall, ToolCall } from './tools'

/** After so many pieces in a row other tasks get a turn: a source that never waits must not keep them out. */
const PIECES_PER_TURN = 100
const MAX_CALLS = 64

/** What a step of an answer is made from. */
export interface GenerateStepInput {
  /** The conversation up to now, what this turn has said and called included; a copy. */
  messages: MessageInput[]
  /** Aborted when the answer is no longer wanted. */
  signal: AbortSignal
}

/** What an LLM says next: pieces of text, and tools to call. */
export type StepPieces = AsyncIterable<string | ToolCall>

/** Any LLM client. A step that calls tools is followed by another one, which sees their results. */
export type GenerateStep = (input: GenerateStepInput) => StepPieces | Promise<StepPieces | string>

/** One answer of the LLM, complete. */
export interface Step {
  text: string
  calls: NamedToolCall[]
}

/** @throws GenerationFailedError; the signal's reason as soon as it is aborted, even where `generate` never answers */
export async function readStep(
  generate: GenerateStep,
  input: GenerateStepInput,
  onText: (text: string) => void,
): Promise<Step> {
  try {
    return await untilAborted(input.signal, collect(generate, input, onText))
  } catch (error) {
    input.signal.throwIfAborted()
    if (error instanceof GenerationFailedError) throw error
    throw new GenerationFailedError('generating the answer threw', error)
  }
}

async function collect(
  generate: GenerateStep,
  input: GenerateStepInput,
  onText: (text: string) => void,
): Promise<Step> {
  const step: Step = { text: '', calls: [] }
  let pieces = 0
  for await (const piece of toPieces(await generate(input))) {
    if (input.signal.aborted) break
    if (typeof piece === 'string') onText(piece)
    add(step, piece)
    if (++pieces % PIECES_PER_TURN === 0) await new Promise((resolve) => setTimeout(resolve, 0))
  }
  return step
}

function toPieces(answer: StepPieces | string): StepPieces | Iterable<string> {
  return typeof answer === 'string' ? [answer] : answer
}

function add(step: Step, piece: unknown): void {
  if (typeof piece === 'string') step.text += piece
  else step.calls.push(parseCall(piece))
  if (step.text.length > MAX_MESSAGE_BYTES || step.calls.length > MAX_CALLS) {
    throw new GenerationFailedError('the answer is longer than a message may be')
  }
}

function parseCall(piece: unknown): NamedToolCall {
  if (!isPlainObject(piece) || typeof piece.toolName !== 'string') {
    throw new GenerationFailedError('generate gave what is neither text nor a tool call')
  }
  const { toolName, toolCallId, input } = piece
  return {
    toolName,
    toolCallId: typeof toolCallId === 'string' ? toolCallId : createMessageId(),
    input: parseJsonValue(input ?? null, 'input'),
  }
}
