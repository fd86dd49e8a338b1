import type { Conversation, JsonValue, Message, MessagePart } from '../conversation/types'

const SPEAKERS = { system: 'System', user: 'User', assistant: 'Assistant', tool: 'Tool' }

/** A conversation for people to read: a heading for each message, tool data as code, files by their names. */
export function toMarkdown({ id, title, messages }: Conversation): string {
  return `${[`# ${oneLine(title ?? id)}`, ...messages.map(toSection)].join('\n\n')}\n`
}

function toSection({ role, content, createdAt }: Message): string {
  const parts = typeof content === 'string' ? [content] : content.map(toText)
  return [`## ${SPEAKERS[role]}, ${toIsoTime(createdAt)}`, ...parts].join('\n\n')
}

function toText(part: MessagePart): string {
  switch (part.type) {
    case 'text':
      return part.text
    case 'tool-call':
      return `Calls **${oneLine(part.toolName)}**:\n\n${toCode(part.input)}`
    case 'tool-result':
      return `Result of **${oneLine(part.toolName)}**:\n\n${toCode(part.output)}`
    case 'file':
      return `File: ${oneLine(part.name ?? part.cid ?? 'without a name')} (${oneLine(part.mediaType)})`
  }
}

/** A fence longer than any in the text: nothing in it ends the block. */
function toCode(value: JsonValue): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value, undefined, 2)
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}\n${text}\n${fence}`
}

/** Times that no calendar has are given in ms. */
function toIsoTime(ms: number): string {
  const date = new Date(ms)
  return Number.isNaN(date.getTime()) ? `${ms} ms` : date.toISOString()
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ')
}
