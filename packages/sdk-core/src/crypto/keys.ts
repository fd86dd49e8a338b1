import { hkdf } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { type DagValue, encodeDagCbor } from '../conversation/codec'

const SALT = utf8ToBytes('s5-conversations/v1')

/** What a record is; part of its key, so that no blob can stand in another's place. Databases keep the last two. */
export type RecordKind = 'head' | 'segment' | 'message' | 'fields'

/** The keys of one conversation in one epoch. */
export interface ConversationKeys {
  readonly id: string
  readonly epoch: number
  /** Ed25519 seed of the registry entry: who has it may move the pointer. */
  registrySeed(): Uint8Array
  /** Seals one record and binds it to its kind, its conversation and its name. */
  recordKey(kind: RecordKind, name: string): Uint8Array
}

/** All keys of an identity come from here. Never prints its secrets. */
export class KeyRing {
  readonly #master: Uint8Array

  /** @param entropy the 16 bytes behind a seed phrase; not kept. */
  constructor(entropy: Uint8Array) {
    this.#master = hkdf(sha256, entropy, SALT, utf8ToBytes('master'), 32)
  }

  /** HKDF-SHA256 (RFC 5869); each info is one DAG-CBOR array, so that no two of them run together. */
  conversationKeys(id: string, epoch: number): ConversationKeys {
    const contentKey = derive(this.#master, ['content', id, epoch])
    return {
      id,
      epoch,
      registrySeed: () => derive(this.#master, ['registry', id, epoch]),
      recordKey: (kind, name) => derive(contentKey, [kind, id, name]),
    }
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

function derive(key: Uint8Array, info: DagValue[]): Uint8Array {
  return hkdf(sha256, key, SALT, encodeDagCbor(info), 32)
}
