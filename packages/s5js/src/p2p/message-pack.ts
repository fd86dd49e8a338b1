import { concatBytes, fromLittleEndian, littleEndian, utf8 } from '../bytes/bytes'
import { CorruptDataError } from '../errors/data-errors'

const UINT8 = 0xcc
const BIN8 = 0xc4
const BIN16 = 0xc5
const STR8 = 0xd9
const STR16 = 0xda
const FALSE = 0xc2
const TRUE = 0xc3

// A byte order mark is text like any other: dropping it would change what was signed.
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Reads MessagePack values that follow one another, from bytes that nobody vouches for. */
export class MessagePackReader {
  readonly #bytes: Uint8Array
  #offset: number

  constructor(bytes: Uint8Array, offset = 0) {
    this.#bytes = bytes
    this.#offset = offset
  }

  get isAtEnd(): boolean {
    return this.#offset === this.#bytes.length
  }

  /** An integer from 0 to 2^32 - 1. @throws CorruptDataError */
  readInt(): number {
    const head = this.#byte()
    if (head < 0x80) return head
    const length = [1, 2, 4][head - UINT8]
    if (length === undefined) throw malformed()
    return this.#bigEndian(length)
  }

  readBoolean(): boolean {
    const head = this.#byte()
    if (head !== FALSE && head !== TRUE) throw malformed()
    return head === TRUE
  }

  /** A copy. @throws CorruptDataError for more than `maxLength` bytes, before they are read */
  readBytes(maxLength: number): Uint8Array<ArrayBuffer> {
    const head = this.#byte()
    if (head !== BIN8 && head !== BIN16) throw malformed()
    return this.#take(this.#bigEndian(head === BIN8 ? 1 : 2), maxLength)
  }

  /** @throws CorruptDataError also for what is not UTF-8 */
  readText(maxLength: number): string {
    return decodeUtf8(this.#take(this.#textLength(), maxLength))
  }

  readArrayLength(maxLength: number): number {
    const length = this.#byte() - 0x90
    if (length < 0 || length > Math.min(15, maxLength)) throw malformed()
    return length
  }

  /** @throws CorruptDataError when something follows */
  requireEnd(): void {
    if (!this.isAtEnd) throw malformed()
  }

  #textLength(): number {
    const head = this.#byte()
    if (head >= 0xa0 && head < 0xc0) return head - 0xa0
    if (head !== STR8 && head !== STR16) throw malformed()
    return this.#bigEndian(head === STR8 ? 1 : 2)
  }

  #byte(): number {
    const byte = this.#bytes[this.#offset++]
    if (byte === undefined) throw malformed()
    return byte
  }

  #bigEndian(length: number): number {
    return fromLittleEndian(this.#take(length, length).reverse())
  }

  #take(length: number, maxLength: number): Uint8Array<ArrayBuffer> {
    const end = this.#offset + length
    if (length > maxLength || end > this.#bytes.length) throw malformed()
    const taken = new Uint8Array(this.#bytes.subarray(this.#offset, end))
    this.#offset = end
    return taken
  }
}

/** @throws CorruptDataError */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return strictUtf8.decode(bytes)
  } catch (cause) {
    throw new CorruptDataError('A peer sent text that is not UTF-8', { cause })
  }
}

/** @param value 0 to 255 */
export function packInt(value: number): Uint8Array {
  return value < 0x80 ? Uint8Array.of(value) : Uint8Array.of(UINT8, value)
}

export function packBoolean(value: boolean): Uint8Array {
  return Uint8Array.of(value ? TRUE : FALSE)
}

/** Up to 65 535 bytes. */
export function packBytes(bytes: Uint8Array): Uint8Array {
  return concatBytes(lengthHead(BIN8, BIN16, bytes.length), bytes)
}

/** Up to 65 535 bytes of UTF-8. */
export function packText(text: string): Uint8Array {
  const bytes = utf8(text)
  const head = bytes.length < 32 ? Uint8Array.of(0xa0 + bytes.length) : lengthHead(STR8, STR16, bytes.length)
  return concatBytes(head, bytes)
}

/** @param length 0 to 15 */
export function packArrayLength(length: number): Uint8Array {
  return Uint8Array.of(0x90 + length)
}

function lengthHead(short: number, long: number, length: number): Uint8Array {
  return length < 256
    ? Uint8Array.of(short, length)
    : Uint8Array.of(long, ...littleEndian(length, 2).reverse())
}

function malformed(): CorruptDataError {
  return new CorruptDataError('A peer sent a message that is malformed')
}
