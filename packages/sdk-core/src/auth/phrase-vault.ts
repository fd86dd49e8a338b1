import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import * as z from 'zod/mini'
import {
  DEFAULT_SCRYPT_N,
  openByPassphrase,
  type PassphraseBox,
  sealByPassphrase,
} from '../crypto/passphrase-box'
import { InvalidInputError } from '../errors/input-errors'
import { CorruptRecordError, UnsupportedFormatError } from '../errors/storage-errors'
import { WrongPassphraseError } from '../errors/wallet-errors'
import { entropyToSeedPhrase, readSeedPhrase } from '../storage/stores/s5-seed-phrase'
import type { DeviceStorage } from './device-storage'

const KEY = 's5-conversations/recovery-phrase'
const FORMAT = 1
const MIN_PASSPHRASE_LENGTH = 8
/** Bounds the memory that a forged record can ask for: 1 GiB. */
const MAX_SCRYPT_N = 2 ** 20
const MAX_RECORD_LENGTH = 1024

const hex = (bytes: number) => z.string().check(z.regex(new RegExp(`^[0-9a-f]{${2 * bytes}}$`)))
const record = z.strictObject({
  format: z.literal(FORMAT),
  N: z.number().check(z.refine((N) => N >= 2 && N <= MAX_SCRYPT_N && Number.isInteger(Math.log2(N)))),
  salt: hex(16),
  nonce: hex(24),
  box: hex(32),
})

/**
 * A recovery phrase on a device, sealed by a passphrase: scrypt (N = 2^17, r = 8, p = 1), then NaCl secretbox.
 * What is stored and exported opens with the passphrase only. Rejects with whatever its storage throws, too.
 */
export class PhraseVault {
  readonly #storage: DeviceStorage
  readonly #scryptN: number

  /** @param options `scryptN`: the cost of a guess, a power of two. @default 2^17 */
  constructor(storage: DeviceStorage, { scryptN = DEFAULT_SCRYPT_N }: { scryptN?: number } = {}) {
    this.#storage = storage
    this.#scryptN = scryptN
  }

  /**
   * Keeps `seedPhrase` in place of any other.
   * @throws InvalidInputError that says which word is wrong, or that the passphrase is too short
   */
  async keep(seedPhrase: string, passphrase: string): Promise<void> {
    const entropy = readSeedPhrase(seedPhrase)
    if (passphrase.length < MIN_PASSPHRASE_LENGTH) {
      throw new InvalidInputError('passphrase', `must have at least ${MIN_PASSPHRASE_LENGTH} characters`)
    }
    const sealed = await sealByPassphrase(entropy, passphrase, this.#scryptN)
    entropy.fill(0)
    await this.#storage.setItem(KEY, serialize(sealed))
  }

  /**
   * The phrase; `undefined` where none is kept.
   * @throws WrongPassphraseError, CorruptRecordError, UnsupportedFormatError
   */
  async unlock(passphrase: string): Promise<string | undefined> {
    const kept = await this.export()
    if (kept === undefined) return undefined
    const entropy = await openByPassphrase(parse(kept), passphrase)
    if (entropy === undefined) throw new WrongPassphraseError()
    const phrase = entropyToSeedPhrase(entropy)
    entropy.fill(0)
    return phrase
  }

  /** What is kept, still sealed, for another device; `undefined` where nothing is. */
  async export(): Promise<string | undefined> {
    return (await this.#storage.getItem(KEY)) ?? undefined
  }

  /** Keeps what another device has exported. @throws CorruptRecordError, UnsupportedFormatError */
  async restore(exported: string): Promise<void> {
    parse(exported)
    await this.#storage.setItem(KEY, exported)
  }

  /** Keeps none any more. */
  async forget(): Promise<void> {
    await this.#storage.removeItem(KEY)
  }
}

function serialize({ N, salt, nonce, box }: PassphraseBox): string {
  const [saltHex, nonceHex, boxHex] = [salt, nonce, box].map(bytesToHex)
  return JSON.stringify({ format: FORMAT, N, salt: saltHex, nonce: nonceHex, box: boxHex })
}

function parse(text: string): PassphraseBox {
  const decoded = decode(text)
  const format = (decoded as { format?: unknown } | null)?.format
  if (typeof format === 'number' && format > FORMAT) throw new UnsupportedFormatError(format)
  const result = record.safeParse(decoded)
  if (!result.success) throw new CorruptRecordError('a kept recovery phrase is malformed')
  const { N, salt, nonce, box } = result.data
  return { N, salt: hexToBytes(salt), nonce: hexToBytes(nonce), box: hexToBytes(box) }
}

function decode(text: string): unknown {
  if (text.length > MAX_RECORD_LENGTH) throw new CorruptRecordError('a kept recovery phrase is too long')
  try {
    return JSON.parse(text)
  } catch {
    throw new CorruptRecordError('a kept recovery phrase is not JSON')
  }
}
