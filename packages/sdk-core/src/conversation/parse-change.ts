import * as z from 'zod/mini'
import { InvalidInputError } from '../errors/input-errors'
import type { ContentEdit, ConversationChange, FieldChange, MessageChange } from './change'
import { isPlainObject, parseJsonValue, toWellFormedText } from './json-value'
import { parseId, parseMessage } from './message'
import type { Message } from './types'

/** More than the changes that one client has waiting for one conversation. */
const MAX_CHANGES = 1000

const count = z.int().check(z.nonnegative())
const bytes16 = z.instanceof(Uint8Array).check(z.refine((value) => value.length === 16))

/** The frame of a change; messages, contents and values are checked one by one. */
const frame = z.strictObject({
  kind: z.enum(['append', 'save', 'overwrite', 'alter', 'delete']),
  messages: z.array(
    z.strictObject({ message: z.unknown(), intent: z.enum(['append', 'edit', 'unchanged', 'unknown']) }),
  ),
  edits: z.exactOptional(z.array(z.strictObject({ id: z.string(), content: z.unknown() }))),
  deletions: z.exactOptional(z.array(z.string())),
  title: z.exactOptional(z.strictObject({ value: z.string(), blind: z.boolean() })),
  fields: z.unknown(),
  createdAt: z.exactOptional(count),
  scheme: z.exactOptional(z.enum(['xsalsa20-poly1305', 'plain'])),
  ids: z.enum(['fresh', 'keyed', 'given']),
  absentAt: z.exactOptional(count),
  expectedVersion: z.exactOptional(count),
  session: z.exactOptional(
    z.strictObject({ epoch: count, begins: z.exactOptional(z.literal(true)), since: count }),
  ),
  idempotency: z.exactOptional(z.strictObject({ key: bytes16, input: bytes16 })),
})

/** Checks changes that come from elsewhere, and copies them. @throws InvalidInputError with the path of what is wrong */
export function parseChanges(value: unknown): ConversationChange[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_CHANGES) {
    throw new InvalidInputError('changes', `must be an array of 1 to ${MAX_CHANGES} changes`)
  }
  return value.map((change, i) => parseChange(change, `changes[${i}]`))
}

function parseChange(value: unknown, path: string): ConversationChange {
  const result = frame.safeParse(value)
  if (!result.success) {
    const [issue] = result.error.issues
    throw new InvalidInputError([path, ...(issue?.path ?? [])].join('.'), 'is not valid')
  }
  const { messages, edits, deletions, title, fields, ...rest } = result.data
  return {
    ...rest,
    messages: messages.map((each, i) => parseMessageChange(each, `${path}.messages[${i}]`)),
    fields: parseFields(fields, `${path}.fields`),
    ...(edits === undefined ? {} : { edits: edits.map((edit, i) => parseEdit(edit, `${path}.edits[${i}]`)) }),
    ...(deletions === undefined
      ? {}
      : { deletions: deletions.map((id) => parseId(id, `${path}.deletions`)) }),
    ...(title === undefined ? {} : { title: { ...title, value: toWellFormedText(title.value) } }),
  }
}

function parseMessageChange(
  { message, intent }: { message: unknown; intent: MessageChange['intent'] },
  path: string,
): MessageChange {
  const { id, createdAt, ...draft } = parseMessage(message, path)
  if (id === undefined || createdAt === undefined) {
    throw new InvalidInputError(path, 'must have an id and a time: a change is complete')
  }
  return { message: { ...draft, id, createdAt } satisfies Message, intent }
}

function parseEdit({ id, content }: { id: string; content: unknown }, path: string): ContentEdit {
  const message = parseMessage({ role: 'user', content }, path)
  return { id: parseId(id, `${path}.id`), content: message.content }
}

function parseFields(value: unknown, path: string): Record<string, FieldChange> {
  if (!isPlainObject(value)) throw new InvalidInputError(path, 'must be a plain object')
  const fields = Object.entries(value).map(([name, field]): [string, FieldChange] => {
    if (!isPlainObject(field) || typeof field.blind !== 'boolean' || Object.keys(field).length !== 2) {
      throw new InvalidInputError(path, 'must hold values with `blind`')
    }
    const checked = parseJsonValue(field.value, `${path}.value`)
    return [toWellFormedText(name), { value: checked, blind: field.blind }]
  })
  return Object.fromEntries(fields)
}
