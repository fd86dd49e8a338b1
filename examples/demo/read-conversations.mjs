import { readFile } from 'node:fs/promises'

/** @typedef {import('@s5-conversations/sdk-core').ConversationInput} ConversationInput */
/** @typedef {import('@s5-conversations/sdk-core').Message} Message */

/** What the first message of a file is dated, in ms since 1970; each later one is a second younger. */
const FIRST_TIME = Date.UTC(2026, 0, 1)

/**
 * Conversations out of a JSONL file, one a line: `{ id, title?, source?, messages: [{ role, content,
 * toolCall?: { name, arguments }, toolName? }] }`. Every message gets an id and a time, so that each of its
 * fields can be compared afterwards.
 * @param {string} file
 * @returns {Promise<(ConversationInput & { messages: Message[] })[]>}
 */
export async function readConversations(file) {
  // Not node:readline, which also ends a line at U+2028: a character that texts hold.
  const lines = (await readFile(file, 'utf8')).split('\n')
  return lines.flatMap((line, i) => (line.trim() === '' ? [] : [parseLine(line, `${file}:${i + 1}`)]))
}

/**
 * @param {string} line
 * @param {string} place
 */
function parseLine(line, place) {
  try {
    const { id, title, source, messages } = JSON.parse(line)
    return {
      id,
      ...(title === undefined ? {} : { title }),
      ...(source === undefined ? {} : { metadata: { source } }),
      messages: messages.map(toMessage),
    }
  } catch (error) {
    throw new Error(`${place}: not a conversation (${error instanceof Error ? error.message : error})`)
  }
}

/**
 * @param {{ role: Message['role'], content: string, toolCall?: { name: string, arguments: string }, toolName?: string }} line
 * @param {number} index
 * @returns {Message}
 */
function toMessage({ role, content, toolCall, toolName }, index) {
  const common = { id: `message-${index + 1}`, role, createdAt: FIRST_TIME + index * 1000 }
  if (toolName !== undefined)
    return { ...common, content: [{ type: 'tool-result', toolName, output: content }] }
  if (toolCall === undefined) return { ...common, content }
  const call = {
    type: /** @type {const} */ ('tool-call'),
    toolName: toolCall.name,
    input: toolCall.arguments,
  }
  return { ...common, content: content === '' ? [call] : [{ type: 'text', text: content }, call] }
}
