import type { MessageInput, MessagePart } from '../conversation/types'
import { GenerationFailedError } from '../errors/session-errors'
import { type GenerateStep, readStep, type Step } from './generation'
import { pendingMetadata } from './pending-calls'
import { findTool, type NamedToolCall, runTool, type Tools } from './tools'

/** An LLM that still calls tools after so many steps is in a loop. */
const MAX_STEPS = 16

export interface Answering {
  /** What was said before this turn. */
  history: readonly MessageInput[]
  userId: string
  generate: GenerateStep
  tools: Tools
  signal: AbortSignal
  onText(text: string): void
}

/**
 * Lets the LLM answer `said`, running the tools that it calls, until it has nothing more to call or asks for a yes.
 * Gives back all messages of the turn; writes nothing.
 * @throws GenerationFailedError, or the reason of the abort
 */
export async function answer(said: readonly MessageInput[], turn: Answering): Promise<MessageInput[]> {
  const messages = [...said]
  for (let steps = 0; steps < MAX_STEPS; steps += 1) {
    const { generate, history, signal, onText } = turn
    const input = { messages: [...history, ...structuredClone(messages)], signal }
    const step = await readStep(generate, input, onText)
    const question = questionOf(step, turn.tools)
    if (question !== undefined) return [...messages, ask(step, question, turn)]
    if (step.calls.length === 0) return [...messages, conclude(step)]
    messages.push(...(await runCalls(step, turn)))
  }
  throw new GenerationFailedError(`tools were called in ${MAX_STEPS} steps in a row, without an end`)
}

/** The messages of calls, with the text before them, and of their results. One runs after another. */
export async function runCalls(
  { text, calls }: Step,
  { tools, userId, signal }: Pick<Answering, 'tools' | 'userId' | 'signal'>,
): Promise<MessageInput[]> {
  const results: MessagePart[] = []
  for (const call of calls) {
    results.push(await runTool(tools, call, { toolCallId: call.toolCallId, userId, signal }))
  }
  const spoken: MessagePart[] = text === '' ? [] : [{ type: 'text', text }]
  return [
    { role: 'assistant', content: [...spoken, ...calls.map(toPart)] },
    { role: 'tool', content: results },
  ]
}

function toPart(call: NamedToolCall): MessagePart {
  return { type: 'tool-call', ...call }
}

function questionOf({ calls }: Step, tools: Tools): string | undefined {
  const questions = calls.flatMap((call) => findTool(tools, call).confirm?.(call.input) ?? [])
  return questions.length === 0 ? undefined : questions.join('\n')
}

/** No call of a step runs before its question is answered: they may belong together. */
function ask({ text, calls }: Step, question: string, { userId, onText }: Answering): MessageInput {
  const asked = text === '' ? question : `\n${question}`
  onText(asked)
  return { role: 'assistant', content: text + asked, metadata: pendingMetadata(userId, calls) }
}

function conclude({ text }: Step): MessageInput {
  if (text === '') throw new GenerationFailedError('generate gave no text')
  return { role: 'assistant', content: text }
}
