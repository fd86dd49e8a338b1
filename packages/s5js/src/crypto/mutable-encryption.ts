import { concatBytes, fromLittleEndian, littleEndian } from '../bytes/bytes'
import { CorruptDataError } from '../errors/data-errors'
import { padFileSize } from './pad-file-size'
import { randomBytes } from './random'
import { decryptXChaCha20Poly1305, encryptXChaCha20Poly1305 } from './xchacha20poly1305'

const MAGIC = new Uint8Array([0x8d, 0x01])
const NONCE_BYTES = 24
const TAG_BYTES = 16
const LENGTH_BYTES = 4
const OVERHEAD_BYTES = MAGIC.length + NONCE_BYTES + TAG_BYTES + LENGTH_BYTES

/**
 * The S5 encrypted mutable blob: `8d 01`, nonce (24), XChaCha20-Poly1305 of length (4, little endian),
 * data and zeros. Its size is a pad size, so it tells little about the size of the data.
 */
export function encryptMutable(
  data: Uint8Array,
  key: Uint8Array,
  nonce: Uint8Array = randomBytes(NONCE_BYTES),
): Uint8Array {
  const total = padFileSize(data.length + OVERHEAD_BYTES)
  const plaintext = new Uint8Array(total - OVERHEAD_BYTES + LENGTH_BYTES)
  plaintext.set(littleEndian(data.length, LENGTH_BYTES))
  plaintext.set(data, LENGTH_BYTES)
  return concatBytes(MAGIC, nonce, encryptXChaCha20Poly1305(key, nonce, plaintext))
}

/** The data of an encrypted mutable blob. @throws CorruptDataError for a changed byte or the wrong key */
export function decryptMutable(blob: Uint8Array, key: Uint8Array): Uint8Array {
  const isFramed = blob.length >= OVERHEAD_BYTES && MAGIC.every((byte, index) => blob[index] === byte)
  if (!isFramed || padFileSize(blob.length) !== blob.length) {
    throw new CorruptDataError('Not an encrypted mutable blob')
  }
  const nonce = blob.subarray(MAGIC.length, MAGIC.length + NONCE_BYTES)
  const plaintext = decryptXChaCha20Poly1305(key, nonce, blob.subarray(MAGIC.length + NONCE_BYTES))
  const end = LENGTH_BYTES + fromLittleEndian(plaintext.subarray(0, LENGTH_BYTES))
  if (end > plaintext.length) throw new CorruptDataError('An encrypted mutable blob with a wrong length')
  return plaintext.slice(LENGTH_BYTES, end)
}
