import { parseJsonValue } from '../conversation/json-value'
import type { JsonValue, MessagePart } from '../conversation/types'
import { GenerationFailedError } from '../errors/session-errors'
import { untilAborted } from '../storage/until-aborted'

/** What an LLM asks for. */
export interface ToolCall {
  toolName: string
  input: JsonValue
  /** Its name in the conversation. @default made up */
  toolCallId?: string
}

/** A tool call that has its name: the same whenever the call is run. */
export type NamedToolCall = Required<ToolCall>

/** What a tool knows of its call. */
export interface ToolContext {
  /** The same when a confirmed call is run again because its turn failed later: makes effects repeatable. */
  toolCallId: string
  userId: string
  /** Aborted when the turn is. */
  signal: AbortSignal
}

/** Something that the LLM may call. What it throws fails the turn; what the LLM shall know of it gives back. */
export interface Tool {
  run(input: JsonValue, context: ToolContext): JsonValue | Promise<JsonValue>
  /** The question whose yes runs the call. Left out: it runs at once. */
  confirm?: (input: JsonValue) => string
}

/** Tools by the names that the LLM calls them by. */
export type Tools = Readonly<Record<string, Tool>>

/** @throws GenerationFailedError where there is no such tool */
export function findTool(tools: Tools, { toolName }: ToolCall): Tool {
  const tool = Object.hasOwn(tools, toolName) ? tools[toolName] : undefined
  if (tool === undefined) throw new GenerationFailedError(`there is no tool ${JSON.stringify(toolName)}`)
  return tool
}

/** @throws GenerationFailedError with what the tool threw as its cause; the reason of an abort */
export async function runTool(tools: Tools, call: NamedToolCall, context: ToolContext): Promise<MessagePart> {
  const { toolName, toolCallId, input } = call
  const tool = findTool(tools, call)
  try {
    const output = await untilAborted(context.signal, Promise.resolve(tool.run(input, context)))
    return { type: 'tool-result', toolCallId, toolName, output: parseJsonValue(output ?? null, 'output') }
  } catch (error) {
    context.signal.throwIfAborted()
    throw new GenerationFailedError(`the tool ${toolName} failed`, error)
  }
}
