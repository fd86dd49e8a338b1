import { base16 } from 'multiformats/bases/base16'
import { base32 } from 'multiformats/bases/base32'
import { base58btc } from 'multiformats/bases/base58'
import { base64url } from 'multiformats/bases/base64'
import { CorruptDataError } from '../errors/data-errors'

const decoders = [base32, base58btc, base64url, base16]
// Long enough for any identifier, and short enough that base58, which is quadratic, stays cheap.
const MAX_TEXT_LENGTH = 256

/**
 * The bytes of a multibase text with prefix b, z, u or f.
 * @throws CorruptDataError
 */
export function decodeMultibase(text: string): Uint8Array {
  const decoder = decoders.find(({ prefix }) => text.startsWith(prefix))
  if (decoder === undefined || text.length > MAX_TEXT_LENGTH) throw notMultibase()
  try {
    return decoder.decode(text)
  } catch {
    // The decoder's own error may quote the text, and some identifiers hold a key.
    throw notMultibase()
  }
}

function notMultibase(): CorruptDataError {
  return new CorruptDataError('Not a multibase text with prefix b, z, u or f')
}
