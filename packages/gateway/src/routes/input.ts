import { InvalidInputError, type ListPage, type Page } from '@s5-conversations/sdk-core'
import * as z from 'zod'
import type { GatewayContext } from '../gateway-parts'

/** Longest list or history that one answer holds. */
export const MAX_LIMIT = 1000
const DEFAULT_LIMIT = 100

const limit = z.coerce.number().int().min(1).max(MAX_LIMIT)
const listQuery = z.strictObject({
  limit: limit.default(DEFAULT_LIMIT),
  cursor: z.string().max(2000).optional(),
})
const loadQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).optional(),
  before: z.string().optional(),
  version: z.coerce.number().int().min(1).optional(),
})
const versionsQuery = z.strictObject({ limit: limit.default(DEFAULT_LIMIT) })

/** @throws InvalidInputError */
export function readListQuery(context: GatewayContext): ListPage {
  return parseInput(listQuery, context.req.query(), 'query') as ListPage
}

/** @throws InvalidInputError */
export function readLoadQuery(context: GatewayContext): Page {
  return parseInput(loadQuery, context.req.query(), 'query') as Page
}

/** @throws InvalidInputError */
export function readVersionsQuery(context: GatewayContext): { limit: number } {
  return parseInput(versionsQuery, context.req.query(), 'query')
}

/** @throws InvalidInputError with the path of the first thing that is wrong */
export function parseInput<T>(schema: z.ZodType<T>, value: unknown, path: string): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw new InvalidInputError([path, ...(issue?.path ?? [])].join('.'), issue?.message ?? 'is not valid')
}

/** The id in the path. */
export function idOf(context: GatewayContext): string {
  return context.req.param('id') ?? ''
}

/** Names a write, so that asking again gives the same answer (draft-ietf-httpapi-idempotency-key-header). */
export function idempotencyOf(context: GatewayContext): { idempotencyKey?: string } {
  const header = context.req.header('idempotency-key')
  if (header === undefined) return {}
  const [, key] = /^"([\x20-\x7e]{1,255})"$/.exec(header) ?? [undefined, header]
  return { idempotencyKey: key ?? header }
}
