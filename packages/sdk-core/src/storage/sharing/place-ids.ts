import { digestOf } from '../../conversation/codec'

/** Outside the space of user ids, which hold no control characters. */
const PREFIX = '\u0000epoch/'

/** What one epoch of a conversation is called by those who move it. */
export function epochId(id: string, epoch: number): string {
  return `${PREFIX}${epoch}/${id}`
}

/** The inverse of {@link epochId}; `undefined` for every other id. */
export function parseEpochId(text: string): { id: string; epoch: number } | undefined {
  if (!text.startsWith(PREFIX)) return undefined
  const end = text.indexOf('/', PREFIX.length)
  return { epoch: Number(text.slice(PREFIX.length, end)), id: text.slice(end + 1) }
}

/** What a recipient calls the conversation `id` of the owner with this public key, in every epoch. */
export function sharedId(owner: Uint8Array, id: string): string {
  return `shared/${digestOf([owner, id])}`
}

/** No conversation of one's own can have such an id. */
export function isSharedId(id: string): boolean {
  return /^shared\/[0-9a-f]{32}$/.test(id)
}
