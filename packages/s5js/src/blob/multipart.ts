import { toBase64url } from '../bytes/base64url'
import { concatBytes, utf8 } from '../bytes/bytes'
import { randomBytes } from '../crypto/random'

let boundary: string | undefined

/** A body with a file in it. */
export interface MultipartFile {
  bytes: Uint8Array<ArrayBuffer>
  contentType: string
  /** The file's bytes, where they lie in `bytes`. */
  content: Uint8Array
}

/** A multipart/form-data body (RFC 7578) with one part named `file`, in one allocation. */
export function multipartFile(content: Uint8Array): MultipartFile {
  // Short, because small uploads consist of little else; random, so that no content can hold it on purpose.
  boundary ??= toBase64url(randomBytes(9))
  const head = utf8(
    `--${boundary}\r\n` +
      'Content-Disposition: form-data; name="file"; filename="file"\r\n' +
      'Content-Type: application/octet-stream\r\n\r\n',
  )
  const bytes = concatBytes(head, content, utf8(`\r\n--${boundary}--\r\n`))
  return {
    bytes,
    contentType: `multipart/form-data; boundary=${boundary}`,
    content: bytes.subarray(head.length, head.length + content.length),
  }
}
