import { isPlainObject } from '../conversation/json-value'
import type { JsonValue, Message } from '../conversation/types'
import type { NamedToolCall } from './tools'

const YES = /^\s*(y|yes|yep|yeah|ok|okay|sure|confirm)\b[\s.!]*$/iu

/** Whether an answer to a question of a tool is a yes. All else is a no: nothing runs by a misunderstanding. */
export function isYes(text: string): boolean {
  return YES.test(text)
}

/** What a question of a tool keeps with it: calls that wait for the yes of one user. */
export function pendingMetadata(userId: string, calls: readonly NamedToolCall[]): Record<string, JsonValue> {
  return { pendingFor: userId, pendingCalls: calls.map((call) => ({ ...call })) }
}

/** The calls that a user's next word decides on: those of the question that was asked last, if it was asked them. */
export function pendingCalls(messages: readonly Message[], userId: string): NamedToolCall[] {
  const { role, metadata } = messages.at(-1) ?? {}
  if (role !== 'assistant' || metadata?.pendingFor !== userId) return []
  const { pendingCalls: calls } = metadata
  return Array.isArray(calls) ? calls.filter(isNamedCall) : []
}

function isNamedCall(value: unknown): value is NamedToolCall {
  return isPlainObject(value) && typeof value.toolName === 'string' && typeof value.toolCallId === 'string'
}
