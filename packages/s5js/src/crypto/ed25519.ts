import { InvalidInputError } from '../errors/caller-errors'
import type { Ed25519Backend } from './ed25519-backend'
import { NodeEd25519, nodeCrypto } from './ed25519-node'
import { WebCryptoEd25519 } from './ed25519-webcrypto'
import { ED25519_KEY_TYPE, KeyPairEd25519 } from './key-pair'
import { Secret } from './secret'

const PUBLIC_KEY_BYTES = 32
const SIGNATURE_BYTES = 64
let chosen: Promise<Ed25519Backend> | undefined

/** The key pair of a 32-byte seed. @throws InvalidInputError for another length */
export async function newKeyPairEd25519(seed: Uint8Array): Promise<KeyPairEd25519> {
  if (seed.length !== 32) throw new InvalidInputError('An Ed25519 seed has 32 bytes')
  const secret = new Secret(seed)
  return new KeyPairEd25519(secret, await (await backend()).publicKeyOf(secret))
}

/** 64 bytes (RFC 8032). @throws ClosedError when the private key was wiped */
export async function signEd25519(keyPair: KeyPairEd25519, message: Uint8Array): Promise<Uint8Array> {
  return (await backend()).sign(keyPair.privKey, message)
}

/** @param publicKey 32 bytes, or 33 with the leading 0xed */
export async function verifyEd25519(
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  const bare =
    publicKey[0] === ED25519_KEY_TYPE && publicKey.length === 33 ? publicKey.subarray(1) : publicKey
  if (bare.length !== PUBLIC_KEY_BYTES || signature.length !== SIGNATURE_BYTES) return false
  return (await backend()).verify(bare, message, signature)
}

function backend(): Promise<Ed25519Backend> {
  chosen ??= chooseBackend()
  return chosen
}

async function chooseBackend(): Promise<Ed25519Backend> {
  const node = nodeCrypto()
  if (node !== undefined) return new NodeEd25519(node)
  const subtle = globalThis.crypto?.subtle
  if (await offersEd25519(subtle)) return new WebCryptoEd25519(subtle)
  return new (await import('./ed25519-noble')).NobleEd25519()
}

// Browsers without Ed25519 reject the algorithm's name; pages without a secure context have no subtle.
async function offersEd25519(subtle: SubtleCrypto | undefined): Promise<boolean> {
  if (subtle === undefined) return false
  const trial = new WebCryptoEd25519(subtle)
  return trial.publicKeyOf(new Secret(new Uint8Array(32))).then(
    () => true,
    () => false,
  )
}
