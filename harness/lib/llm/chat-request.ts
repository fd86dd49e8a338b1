/** A message as models take it. */
export interface PromptMessage {
  role: 'system' | 'user' | 'assistant'
  content: string
}

/** What `POST /api/chat` takes. It answers with the text of the answer, as it comes. */
export interface ChatRequest {
  messages: PromptMessage[]
  /** The pause between two words of the demo model, in ms. @default 25 */
  delayMs?: number
}

const MAX_BYTES = 4 * 1024 * 1024
const MAX_DELAY_MS = 5_000
const ROLES = new Set<unknown>(['system', 'user', 'assistant'])

/** @throws Error that says what is wrong with the request */
export async function readChatRequest(request: Request): Promise<ChatRequest> {
  // Pages of other origins may post anything but JSON without being asked whether they may.
  const type = request.headers.get('content-type') ?? ''
  if (!type.startsWith('application/json')) throw new Error('content-type: must be application/json')
  const text = await readText(request)
  const { messages, delayMs } = JSON.parse(text)
  if (!Array.isArray(messages) || messages.length === 0)
    throw new Error('messages: must be a list that is not empty')
  for (const [i, message] of messages.entries()) {
    if (!ROLES.has(message?.role)) throw new Error(`messages[${i}].role: must be system, user or assistant`)
    if (typeof message.content !== 'string') throw new Error(`messages[${i}].content: must be a string`)
  }
  const isDelay = typeof delayMs === 'number' && delayMs >= 0 && delayMs <= MAX_DELAY_MS
  return { messages, ...(isDelay ? { delayMs } : {}) }
}

/** The body, which is never held beyond its limit. */
async function readText(request: Request): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for await (const chunk of request.body ?? []) {
    bytes += chunk.byteLength
    if (bytes > MAX_BYTES) throw new Error(`the request is larger than ${MAX_BYTES} bytes`)
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}
