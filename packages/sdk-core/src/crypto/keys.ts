import { hkdf } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import type { Grant } from '../conversation/grant'
import { derive, SALT } from './derive'

/** What a record is; part of its key, so that no blob can stand in another's place. Databases keep the last two. */
export type RecordKind = 'head' | 'segment' | 'message' | 'fields'

/** An Ed25519 seed, by which a registry entry is moved, or a public key (32 bytes), by which it is only read. */
export type RegistryKey = Uint8Array | { readonly publicKey: Uint8Array }

/** The keys of one conversation in one epoch. */
export interface ConversationKeys {
  /** What its owner calls it: sealed into every record. */
  readonly id: string
  /** What this device calls it. */
  readonly localId: string
  readonly epoch: number
  registryKey(): RegistryKey
  /** Seals one record and binds it to its kind, its conversation and its name. */
  recordKey(kind: RecordKind, name: string): Uint8Array
}

/** Those of a conversation of one's own. */
export interface OwnKeys extends ConversationKeys {
  /** Ed25519 seed of the registry entry: who has it may move the pointer. */
  registrySeed(): Uint8Array
}

/** All keys of an identity come from here. Never prints its secrets. */
export class KeyRing {
  readonly #master: Uint8Array

  /** @param entropy the 16 bytes behind a seed phrase; not kept. */
  constructor(entropy: Uint8Array) {
    this.#master = hkdf(sha256, entropy, SALT, utf8ToBytes('master'), 32)
  }

  conversationKeys(id: string, epoch: number, localId = id): OwnKeys {
    const { contentKey, seed: registrySeed } = this.epochSecrets(id, epoch)
    return { ...keysOf(id, localId, epoch, contentKey), registrySeed, registryKey: registrySeed }
  }

  /** What one epoch of a conversation is read by, and (Ed25519 seed) moved by. */
  epochSecrets(id: string, epoch: number): { contentKey: Uint8Array; seed(): Uint8Array } {
    return {
      contentKey: derive(this.#master, ['content', id, epoch]),
      seed: () => derive(this.#master, ['registry', id, epoch]),
    }
  }

  /** The secrets of `SharingKeys`. */
  sharingSecrets(): { secret: Uint8Array; identitySeed: Uint8Array } {
    return { secret: derive(this.#master, ['share']), identitySeed: derive(this.#master, ['identity']) }
  }

  /** Names the owner to other tabs of the same browser, and says nothing of its keys. */
  lockScope(): string {
    return `s5-conversations/${bytesToHex(derive(this.#master, ['lock']).subarray(0, 8))}`
  }

  /** Overwrites the root key; nothing can be derived afterwards that was not derived before. */
  wipe(): void {
    this.#master.fill(0)
  }

  toString(): string {
    return '<redacted>'
  }

  toJSON(): string {
    return '<redacted>'
  }
}

/** The keys of a conversation that somebody else has shared. */
export function keysOfGrant(
  { id, epoch, contentKey, registry, seed }: Grant,
  localId: string,
): ConversationKeys {
  return {
    ...keysOf(id, localId, epoch, contentKey),
    registryKey: () => seed ?? { publicKey: registry },
  }
}

function keysOf(id: string, localId: string, epoch: number, contentKey: Uint8Array) {
  const recordKey = (kind: RecordKind, name: string) => derive(contentKey, [kind, id, name])
  return { id, localId, epoch, recordKey }
}
