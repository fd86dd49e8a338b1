import * as z from 'zod/mini'
import { type DagValue, decodeDagCbor, encodeDagCbor } from './codec'

/** What lets somebody into one epoch of a conversation of somebody else. A secret as a whole. */
export interface Grant {
  /** What its owner calls the conversation. */
  id: string
  epoch: number
  /** Root of the keys that seal its records: 32 bytes. */
  contentKey: Uint8Array
  /** Ed25519 public key of the pointer: 32 bytes. */
  registry: Uint8Array
  /** Ed25519 seed of the pointer, for those who may write: 32 bytes. */
  seed?: Uint8Array
  /** Its owner wants it readable by anyone. */
  plain?: true
}

/** A grant as its recipient keeps it. */
export interface Share {
  /** X25519 public key of the owner: 32 bytes. */
  owner: Uint8Array
  /** Who has signed that key: the address of a wallet, or `ed25519:` and a public key in hex. */
  from: string
  grant: Grant
}

/** What the owner of a conversation says to one recipient; a secret between the two. */
export type Letter =
  | {
      /** The owner's sharing address. */
      owner: string
      grant: Grant
      /** Base URLs of the portals that have the conversation. */
      portals: readonly string[]
    }
  | { revoked: { id: string; epoch: number } }

const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array && value.length === 32)
const count = z.number().check(z.positive(), z.refine(Number.isSafeInteger))

const grantSchema = z.strictObject({
  id: z.string(),
  epoch: count,
  contentKey: bytes,
  registry: bytes,
  seed: z.exactOptional(bytes),
  plain: z.exactOptional(z.literal(true)),
})

export const shareSchema = z.strictObject({ owner: bytes, from: z.string(), grant: grantSchema })

const letter = z.union([
  z.strictObject({ owner: z.string(), grant: grantSchema, portals: z.array(z.string()) }),
  z.strictObject({ revoked: z.strictObject({ id: z.string(), epoch: count }) }),
])

export function encodeLetter(value: Letter): Uint8Array {
  return encodeDagCbor(value as unknown as DagValue)
}

/** `undefined` where the bytes are no letter. */
export function decodeLetter(payload: Uint8Array): Letter | undefined {
  try {
    return letter.safeParse(decodeDagCbor(payload)).data
  } catch {
    return undefined
  }
}

/** Which conversation a letter is about, and from which epoch on it holds. */
export function subjectOf(said: Letter): { id: string; epoch: number } {
  return 'revoked' in said ? said.revoked : said.grant
}
