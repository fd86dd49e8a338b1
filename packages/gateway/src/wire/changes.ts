import type { ConversationChange, Message } from '@s5-conversations/sdk-core'
import { base64url } from 'jose'
import {
  bytesFromWire,
  contentFromWire,
  contentToWire,
  isObject,
  messageFromWire,
  messageToWire,
} from './messages'

/** A change in JSON: as it is, but for bytes, which are base64url text. */
export function changeToWire({ messages, edits, idempotency, ...rest }: ConversationChange): unknown {
  return {
    ...rest,
    messages: messages.map(({ message, intent }) => ({ message: messageToWire(message), intent })),
    edits: edits?.map(({ id, content }) => ({ id, content: contentToWire(content) })),
    idempotency: idempotency && {
      key: base64url.encode(idempotency.key),
      input: base64url.encode(idempotency.input),
    },
  }
}

/** Turns texts into bytes; all else is left for the SDK to check. @throws InvalidInputError */
export function changeFromWire(value: unknown): ConversationChange {
  if (!isObject(value)) return value as ConversationChange
  const { messages, edits, idempotency, ...rest } = value
  const change = {
    ...rest,
    messages: eachObject(messages, (each) => ({
      ...each,
      message: messageFromWire(each.message) as Message,
    })),
    ...(edits === undefined
      ? {}
      : { edits: eachObject(edits, (edit) => ({ ...edit, content: contentFromWire(edit.content) })) }),
    ...(idempotency === undefined ? {} : { idempotency: idempotencyFromWire(idempotency) }),
  }
  return change as unknown as ConversationChange
}

function idempotencyFromWire(value: unknown): unknown {
  if (!isObject(value)) return value
  const { key, input, ...rest } = value
  return {
    ...rest,
    key: bytesFromWire(key, 'idempotency.key'),
    input: bytesFromWire(input, 'idempotency.input'),
  }
}

function eachObject(value: unknown, change: (each: Record<string, unknown>) => unknown): unknown {
  if (!Array.isArray(value)) return value
  return value.map((each: unknown) => (isObject(each) ? change(each) : each))
}
