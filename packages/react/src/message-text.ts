import type { Message } from '@s5-conversations/sdk-core'

/** What a message says, as text: of parts that are no text, what they are. */
export function textOf(content: Message['content']): string {
  if (typeof content === 'string') return content
  return content
    .map((part) => {
      if (part.type === 'text') return part.text
      return part.type === 'file' ? `[${part.name ?? part.mediaType}]` : `[${part.toolName}]`
    })
    .join('\n')
}
