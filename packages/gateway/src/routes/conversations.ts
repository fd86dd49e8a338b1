import {
  type Conversation,
  type ConversationInput,
  InvalidInputError,
  type MessageInput,
  type StorageResult,
} from '@s5-conversations/sdk-core'
import { Hono } from 'hono'
import type { GatewayContext, GatewayEnv, GatewayParts } from '../gateway-parts'
import { readJson } from '../http/body'
import { etagOf, isKnown, type Precondition, preconditionOf } from '../http/preconditions'
import { HttpProblem } from '../http/problem'
import { ABSENT } from '../wire/codes'
import { messageFromWire, messageToWire } from '../wire/messages'
import { idempotencyOf, idOf, readListQuery, readLoadQuery, readVersionsQuery } from './input'

/** Conversations for people: each is a resource whose ETag is its version. */
export function conversationRoutes({ config }: GatewayParts): Hono<GatewayEnv> {
  const app = new Hono<GatewayEnv>()
  const bodyOf = (context: GatewayContext) => readJson(context.req.raw, config.maxBodyBytes)
  app.get('/conversations', list)
  app.get('/conversations/:id', load)
  app.put('/conversations/:id', async (context) => replace(context, await bodyOf(context)))
  app.delete('/conversations/:id', remove)
  app.post('/conversations/:id/messages', async (context) => append(context, await bodyOf(context)))
  app.get('/conversations/:id/versions', listVersions)
  return app
}

async function list(context: GatewayContext): Promise<Response> {
  const page = readListQuery(context)
  return context.json(await context.get('storage').list(page, context.req.raw.signal))
}

async function load(context: GatewayContext): Promise<Response> {
  const page = readLoadQuery(context)
  const conversation = await context.get('storage').load(idOf(context), page, context.req.raw.signal)
  if (conversation === undefined) throw absent()
  context.header('etag', etagOf(conversation.version))
  if (isKnown(context.req.raw.headers, conversation.version)) return context.body(null, 304)
  return context.json(conversationToWire(conversation))
}

/** The stored version is replaced as a whole: messages that the body lacks are taken away. */
async function replace(context: GatewayContext, body: Record<string, unknown>): Promise<Response> {
  const id = idOf(context)
  if (body.id !== undefined && body.id !== id)
    throw new InvalidInputError('id', 'must be the one in the path')
  const { messages } = body
  const conversation = {
    ...body,
    id,
    messages: Array.isArray(messages) ? messages.map(messageFromWire) : messages,
  }
  const precondition = preconditionOf(context.req.raw.headers)
  const expectedVersion = await expectedOf(context, precondition)
  const options = { expectedVersion, ...idempotencyOf(context), signal: context.req.raw.signal }
  const saving = context.get('storage').replace(conversation as ConversationInput, options)
  return toAnswer(context, id, await saving.catch((error) => refuseUnconditional(error, precondition)))
}

async function remove(context: GatewayContext): Promise<Response> {
  const precondition = preconditionOf(context.req.raw.headers)
  if (precondition === 'absent') throw new HttpProblem(412, 'What is not there cannot be deleted')
  const expectedVersion = await expectedOf(context, precondition)
  const deleting = context.get('storage').delete(idOf(context), expectedVersion, context.req.raw.signal)
  await deleting.catch((error) => refuseUnconditional(error, precondition))
  return context.body(null, 204)
}

/** Appending loses nothing, so it needs no condition; `If-Match` may be given. */
async function append(context: GatewayContext, body: Record<string, unknown>): Promise<Response> {
  const id = idOf(context)
  if (!Array.isArray(body.messages)) throw new InvalidInputError('messages', 'must be an array')
  const messages = body.messages.map(messageFromWire) as MessageInput[]
  const precondition = preconditionOf(context.req.raw.headers)
  const condition =
    precondition === undefined ? {} : { expectedVersion: await expectedOf(context, precondition) }
  const options = { ...condition, ...idempotencyOf(context), signal: context.req.raw.signal }
  const saving = context.get('storage').append(id, messages, options)
  return toAnswer(context, id, await saving.catch((error) => refuseUnconditional(error, precondition)))
}

async function listVersions(context: GatewayContext): Promise<Response> {
  const { limit } = readVersionsQuery(context)
  const items: unknown[] = []
  for await (const version of context.get('storage').versions(idOf(context), context.req.raw.signal)) {
    if (items.push(version) === limit) break
  }
  return context.json({ items })
}

/** The version a write is decided on; 0 where the writer says, or cannot know better than, that there is none. */
async function expectedOf(context: GatewayContext, precondition: Precondition): Promise<number> {
  if (precondition === undefined || precondition === 'absent') return 0
  if ('version' in precondition) return precondition.version
  const current = await context.get('storage').load(idOf(context), { limit: 1 }, context.req.raw.signal)
  if (current === undefined) throw new HttpProblem(412, 'There is no such conversation')
  return current.version
}

/** A write that named no version met one; what is not there is not found. */
function refuseUnconditional(error: unknown, precondition: Precondition): never {
  const { code, path } = error as { code?: string; path?: string }
  if (code === 'INVALID_INPUT' && path === 'conversationId') throw absent()
  if (code !== 'PERSISTENCE_CONFLICT') throw error
  if (precondition === 'absent') throw new HttpProblem(412, 'The conversation exists already')
  if (precondition === undefined) {
    throw new HttpProblem(428, 'The conversation exists: say in If-Match which version this is about')
  }
  throw error
}

/** The same whenever the same write is asked for. */
function toAnswer(context: GatewayContext, conversationId: string, result: StorageResult): Response {
  const { version, messageIds } = result
  context.header('etag', etagOf(version))
  return context.json({ conversationId, version, messageIds }, version === 1 ? 201 : 200)
}

export function conversationToWire(conversation: Conversation): Record<string, unknown> {
  return { ...conversation, messages: conversation.messages.map(messageToWire) }
}

function absent(): HttpProblem {
  return new HttpProblem(404, 'There is no such conversation', { code: ABSENT })
}
