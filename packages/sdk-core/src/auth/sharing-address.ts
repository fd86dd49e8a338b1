import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import * as z from 'zod/mini'
import { readCheckedText, writeCheckedText } from '../conversation/checked-text'
import { decodeDagCbor, encodeDagCbor } from '../conversation/codec'
import type { KeyRing } from '../crypto/keys'
import { isSignedBy, SharingKeys } from '../crypto/sharing-keys'
import { InvalidInputError } from '../errors/input-errors'
import { SDKError } from '../errors/sdk-error'
import type { SharingAddress, SharingIdentity } from '../storage/sharing/sharing-identity'
import { checksumAddress } from './address'
import { readSignature } from './wallet-signature'
import { askWallet, type WalletSigner } from './wallet-signer'
import { sharingDigest, sharingTypedData } from './wallet-typed-data'

const KIND = 's5address'
const WALLET_BYTES = 20
const IDENTITY_BYTES = 32

const bytes = (...lengths: number[]) =>
  z.custom<Uint8Array>((value) => value instanceof Uint8Array && lengths.includes(value.length))
const addressSchema = z.strictObject({
  key: bytes(32),
  by: bytes(WALLET_BYTES, IDENTITY_BYTES),
  signature: bytes(64),
})

/** Has the wallet sign a sharing key: 64 bytes, `r ‖ s`. */
export interface SharingSigner {
  /** With its checksum. */
  readonly address: string
  sign(publicKey: Uint8Array, signal: AbortSignal): Promise<Uint8Array>
}

/** @throws as `askWallet`, UnsupportedWalletError, InvalidInputError */
export function sharingSigner(signer: WalletSigner, address: string, timeoutMs: number): SharingSigner {
  return {
    address,
    sign: async (publicKey, signal) => {
      const data = sharingTypedData(address, publicKey)
      const request = () => signer.signTypedData(data.domain, data.types, data.message)
      return readSignature(await askWallet(request, { signal, timeoutMs }), sharingDigest(data), address)
    },
  }
}

/** Who shares: signed by `wallet`, or else by the identity itself. */
export function createSharingIdentity(keyRing: KeyRing, wallet?: SharingSigner): SharingIdentity {
  const keys = new SharingKeys(keyRing)
  let known: Promise<string> | undefined
  return {
    keys,
    address: (signal) => {
      known ??= writeAddress(keys, wallet, signal).catch((error: unknown) => {
        known = undefined
        throw error
      })
      return known
    },
    read: readSharingAddress,
  }
}

async function writeAddress(
  keys: SharingKeys,
  wallet: SharingSigner | undefined,
  signal: AbortSignal,
): Promise<string> {
  const key = keys.publicKey
  const by = wallet === undefined ? keys.identity : hexToBytes(wallet.address.slice(2))
  const signature = wallet === undefined ? keys.sign(statementOf(key)) : await wallet.sign(key, signal)
  return writeCheckedText(KIND, encodeDagCbor({ key, by, signature }))
}

/**
 * The key of a sharing address, and who has signed it.
 * @throws InvalidInputError at `path` where the text is altered, or the signature is not by whom it names
 */
export function readSharingAddress(text: unknown, path: string): SharingAddress {
  const { key, by, signature } = parse(readCheckedText(KIND, text, path), path)
  if (by.length === IDENTITY_BYTES) {
    if (!isSignedBy(by, statementOf(key), signature)) throw notSigned(path)
    return { publicKey: key, from: `ed25519:${bytesToHex(by)}` }
  }
  const from = checksumAddress(`0x${bytesToHex(by)}`)
  refuseUnsigned(from, key, signature, path)
  return { publicKey: key, from }
}

function refuseUnsigned(from: string, key: Uint8Array, signature: Uint8Array, path: string): void {
  try {
    readSignature(`0x${bytesToHex(signature)}`, sharingDigest(sharingTypedData(from, key)), from)
  } catch (error) {
    throw error instanceof SDKError ? notSigned(path) : error
  }
}

/** What an identity without a wallet signs. */
function statementOf(key: Uint8Array): Uint8Array {
  return encodeDagCbor(['s5-conversations/v1', 'sharing key', key])
}

function parse(content: Uint8Array, path: string): z.output<typeof addressSchema> {
  try {
    return addressSchema.parse(decodeDagCbor(content))
  } catch {
    throw new InvalidInputError(path, 'is no sharing address')
  }
}

function notSigned(path: string): InvalidInputError {
  return new InvalidInputError(path, 'is not signed by whom it names')
}
