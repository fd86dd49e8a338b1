import { scryptAsync } from '@noble/hashes/scrypt.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import nacl from 'tweetnacl'
import { randomBytes } from './platform'

/** 128 MiB of memory and about a second of work for each guess. */
export const DEFAULT_SCRYPT_N = 2 ** 17

const R = 8
const P = 1

export interface PassphraseBox {
  /** Cost of scrypt (RFC 7914), with r = 8 and p = 1. */
  N: number
  /** 16 bytes. */
  salt: Uint8Array
  /** 24 bytes. */
  nonce: Uint8Array
  /** NaCl secretbox: 16 bytes longer than the secret. */
  box: Uint8Array
}

/** Seals a secret by a passphrase; Unicode spellings of it that look the same (NFKC) are the same. */
export async function sealByPassphrase(
  secret: Uint8Array,
  passphrase: string,
  N: number,
): Promise<PassphraseBox> {
  const salt = randomBytes(16)
  const nonce = randomBytes(24)
  const key = await stretch(passphrase, salt, N)
  const box = nacl.secretbox(secret, nonce, key)
  key.fill(0)
  return { N, salt, nonce, box }
}

/** The inverse of {@link sealByPassphrase}; `undefined` where the passphrase is another. */
export async function openByPassphrase(
  { N, salt, nonce, box }: PassphraseBox,
  passphrase: string,
): Promise<Uint8Array | undefined> {
  const key = await stretch(passphrase, salt, N)
  const secret = nacl.secretbox.open(box, nonce, key)
  key.fill(0)
  return secret ?? undefined
}

function stretch(passphrase: string, salt: Uint8Array, N: number): Promise<Uint8Array> {
  return scryptAsync(utf8ToBytes(passphrase.normalize('NFKC')), salt, { N, r: R, p: P, dkLen: 32 })
}
