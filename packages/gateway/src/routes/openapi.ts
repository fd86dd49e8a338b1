import { version } from '../../package.json'

const ID = { name: 'id', in: 'path', required: true, schema: { type: 'string', maxLength: 512 } }
const query = (name: string, type: 'integer' | 'string') => ({ name, in: 'query', schema: { type } })
const header = (name: string, description: string) => ({
  name,
  in: 'header',
  description,
  schema: { type: 'string' },
})
const IF_MATCH = header('If-Match', 'The ETag of the version that the write is about, or *')
const IF_NONE_MATCH = header('If-None-Match', '* where there must be no such conversation yet')
const KEY = header(
  'Idempotency-Key',
  'Names the write: asked for again it gives the same answer; other content, 422',
)

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` })
const content = (schema: object, type = 'application/json') => ({ content: { [type]: { schema } } })
const PROBLEM = {
  description: 'What went wrong (RFC 9457)',
  ...content(ref('Problem'), 'application/problem+json'),
}

interface Operation {
  summary: string
  parameters?: object[]
  body?: object
  /** What comes back with 200. @default nothing, with 204 */
  answer?: object
  type?: string
  isPublic?: true
}

const OPERATIONS: Readonly<Record<string, Readonly<Record<string, Operation>>>> = {
  '/health': { get: { summary: 'Whether the gateway runs', answer: { type: 'object' }, isPublic: true } },
  '/openapi.json': { get: { summary: 'This document', answer: { type: 'object' }, isPublic: true } },
  '/auth/nonce': {
    get: { summary: 'A nonce for one sign-in', answer: object({ nonce: 'string' }), isPublic: true },
  },
  '/auth/verify': {
    post: {
      summary: 'Signs in with a message of EIP-4361; the session comes as a cookie',
      body: object({ message: 'string', signature: 'string' }),
      answer: object({ address: 'string' }),
      isPublic: true,
    },
  },
  '/auth/sign-out': { post: { summary: 'Ends the session', isPublic: true } },
  '/conversations': {
    get: {
      summary: 'The conversations, the last changed first',
      parameters: [query('limit', 'integer'), query('cursor', 'string')],
      answer: ref('ConversationList'),
    },
  },
  '/conversations/{id}': {
    get: {
      summary:
        'A conversation, or the last `limit` messages before the message `before`; its ETag is its version',
      parameters: [ID, query('limit', 'integer'), query('before', 'string'), query('version', 'integer')],
      answer: ref('Conversation'),
    },
    put: {
      summary: 'Replaces the version that If-Match names; messages that the body lacks are taken away',
      parameters: [ID, IF_MATCH, IF_NONE_MATCH, KEY],
      body: ref('Conversation'),
      answer: ref('Saved'),
    },
    delete: { summary: 'Deletes the version that If-Match names, for good', parameters: [ID, IF_MATCH] },
  },
  '/conversations/{id}/messages': {
    post: {
      summary: 'Appends messages; creates the conversation if it is absent',
      parameters: [ID, IF_MATCH, IF_NONE_MATCH, KEY],
      body: { type: 'object', required: ['messages'], properties: { messages: array(ref('Message')) } },
      answer: ref('Saved'),
    },
  },
  '/conversations/{id}/versions': {
    get: {
      summary: 'The versions that can still be loaded, the newest first',
      parameters: [ID, query('limit', 'integer')],
      answer: { type: 'object', properties: { items: array({ type: 'object' }) } },
    },
  },
  '/conversations/{id}/events': {
    get: {
      summary: 'Tells of versions as they come; the id of an event is its version',
      parameters: [ID, header('Last-Event-ID', 'The last version that was heard of')],
      answer: { type: 'string' },
      type: 'text/event-stream',
    },
  },
  '/conversations/{id}/commits': {
    post: {
      summary: 'Commits changes as a store of the SDK does',
      parameters: [ID],
      body: { type: 'object', required: ['changes'], properties: { changes: array({ type: 'object' }) } },
      answer: { type: 'object', properties: { outcomes: array({ type: 'object' }) } },
    },
  },
  '/chat': {
    post: {
      summary: 'Answers a message: events `text`, then `done` or `error`',
      body: object({ text: 'string', conversationId: 'string', messageId: 'string' }, ['text']),
      answer: { type: 'string' },
      type: 'text/event-stream',
    },
  },
  '/webhook': {
    post: {
      summary: 'Answers a message of a platform, signed by it',
      parameters: [
        header('X-Timestamp', 'Seconds since 1970'),
        header('X-Signature', 'sha256=<HMAC-SHA256 in hex over timestamp, a dot, and the raw body>'),
      ],
      body: object({ userId: 'string', groupChatId: 'string', messageId: 'string', text: 'string' }, [
        'userId',
        'messageId',
        'text',
      ]),
      answer: object({ text: 'string' }),
      isPublic: true,
    },
  },
  '/telegram-webhook': {
    post: {
      summary: 'Answers an Update of a Telegram bot',
      parameters: [header('X-Telegram-Bot-Api-Secret-Token', 'The secret token of the bot')],
      body: { type: 'object' },
      answer: { type: 'object' },
      isPublic: true,
    },
  },
}

const SCHEMAS = {
  Message: {
    type: 'object',
    required: ['role', 'content'],
    properties: {
      id: { type: 'string' },
      role: { enum: ['system', 'user', 'assistant', 'tool'] },
      content: { oneOf: [{ type: 'string' }, array({ type: 'object' })] },
      createdAt: { type: 'integer', description: 'ms since 1970' },
      metadata: { type: 'object' },
    },
  },
  Conversation: {
    type: 'object',
    required: ['messages'],
    properties: {
      id: { type: 'string' },
      title: { type: 'string' },
      messages: array(ref('Message')),
      metadata: { type: 'object' },
      version: { type: 'integer' },
      messageCount: { type: 'integer' },
      createdAt: { type: 'integer' },
      updatedAt: { type: 'integer' },
    },
  },
  ConversationList: {
    type: 'object',
    required: ['items'],
    properties: { items: array({ type: 'object' }), cursor: { type: 'string' } },
  },
  Saved: {
    type: 'object',
    required: ['conversationId', 'version', 'messageIds'],
    properties: {
      conversationId: { type: 'string' },
      version: { type: 'integer' },
      messageIds: array({ type: 'string' }),
    },
  },
  Problem: {
    type: 'object',
    required: ['type', 'title', 'status', 'detail'],
    properties: {
      type: { type: 'string' },
      title: { type: 'string' },
      status: { type: 'integer' },
      detail: { type: 'string' },
      code: { type: 'string', description: 'The code of the SDK’s error' },
      error: { type: 'string', description: '`stale_session` where the client’s version is out of date' },
      local_version: { type: 'integer' },
      remote_version: { type: 'integer' },
      missing: array(ref('Message')),
    },
  },
}

/** The gateway's interface (OpenAPI 3.1). @param server its URL */
export function describeApi(server: string): object {
  const paths = Object.entries(OPERATIONS).map(([path, operations]) => {
    const described = Object.entries(operations).map(([method, operation]) => [method, describe(operation)])
    return [path, Object.fromEntries(described)]
  })
  const session = { type: 'apiKey', in: 'cookie', name: 's5-session' }
  return {
    openapi: '3.1.0',
    info: { title: 'S5 conversations', version },
    servers: [{ url: server }],
    paths: Object.fromEntries(paths),
    components: { schemas: SCHEMAS, securitySchemes: { session } },
  }
}

function describe({ summary, parameters = [], body, answer, type, isPublic }: Operation): object {
  const success =
    answer === undefined
      ? { 204: { description: 'Done' } }
      : { '2XX': { description: summary, ...content(answer, type) } }
  return {
    summary,
    parameters,
    ...(body === undefined ? {} : { requestBody: { required: true, ...content(body) } }),
    responses: { ...success, default: PROBLEM },
    ...(isPublic ? {} : { security: [{ session: [] }] }),
  }
}

function object(properties: Record<string, string>, required = Object.keys(properties)): object {
  const described = Object.entries(properties).map(([name, type]) => [name, { type }])
  return { type: 'object', required, properties: Object.fromEntries(described) }
}

function array(items: object): object {
  return { type: 'array', items }
}
