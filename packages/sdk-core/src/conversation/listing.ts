import { InvalidInputError } from '../errors/input-errors'
import { compareText } from './codec'

/** Which conversations of a list are asked for: the newest `limit`, or those behind `cursor`. */
export interface ListPage {
  /** @default all of them */
  limit?: number
  /** What the page before gave. A conversation that changes meanwhile moves to the front. */
  cursor?: string
}

/** Where a conversation stands in a list: by the time of its last change, ms since 1970. */
export interface ListPlace {
  id: string
  updatedAt: number
}

/** The newest first; equal ones by id. */
export function compareListPlaces(a: ListPlace, b: ListPlace): number {
  return b.updatedAt - a.updatedAt || compareText(a.id, b.id)
}

export function cursorAt({ updatedAt, id }: ListPlace): string {
  return `${updatedAt}.${id}`
}

/** @throws InvalidInputError where it is no cursor */
export function parseCursor(cursor: string): ListPlace {
  const [, updatedAt, id] = /^(\d{1,16})\.(.+)$/su.exec(cursor) ?? []
  if (updatedAt === undefined || id === undefined) {
    throw new InvalidInputError('options.cursor', 'must be one that listConversations gave')
  }
  return { updatedAt: Number(updatedAt), id }
}

/** One page of a list that is at hand. */
export function takeListPage<T extends ListPlace>(
  all: readonly T[],
  { limit = all.length, cursor }: ListPage,
): { items: T[]; cursor?: string } {
  const after = cursor === undefined ? undefined : parseCursor(cursor)
  const rest = [...all]
    .sort(compareListPlaces)
    .filter((item) => after === undefined || compareListPlaces(item, after) > 0)
  const items = rest.slice(0, limit)
  const last = items.at(-1)
  return rest.length > items.length && last !== undefined ? { items, cursor: cursorAt(last) } : { items }
}
