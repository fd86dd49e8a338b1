import { digestOf } from '../../conversation/codec'

/** What one epoch of a conversation is called by those who move it. Outside the space of user ids. */
export function epochId(id: string, epoch: number): string {
  return `\u0000epoch/${epoch}/${id}`
}

/** The inverse of {@link epochId}; `undefined` for every other id. */
export function parseEpochId(text: string): { id: string; epoch: number } | undefined {
  const [, epoch, id] = /^\u0000epoch\/(\d+)\/(.*)$/su.exec(text) ?? []
  return id === undefined ? undefined : { id, epoch: Number(epoch) }
}

/** What a recipient calls the conversation `id` of the owner with this public key, in every epoch. */
export function sharedId(owner: Uint8Array, id: string): string {
  return `shared/${digestOf([owner, id])}`
}

/** No conversation of one's own can have such an id. */
export function isSharedId(id: string): boolean {
  return /^shared\/[0-9a-f]{32}$/.test(id)
}
