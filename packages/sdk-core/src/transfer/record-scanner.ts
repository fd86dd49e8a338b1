import { ByteBuffer } from './byte-buffer'

/** Largest message in a list of messages, in bytes of JSON: room for 1 MiB of text written as `\u` escapes. */
const MAX_MESSAGE_BYTES = 8 * 1024 * 1024
/** Largest conversation besides such messages, in bytes of JSON. */
const MAX_RECORD_BYTES = 32 * 1024 * 1024
const MAX_DEPTH = 512

/** Where a record of a file begins: its place among the records from 0, and its line from 1. */
export interface RecordPlace {
  index: number
  line: number
}

/**
 * A piece of a file. A whole `record`, whose list `messages` was taken out; before it, the `head` (the record up
 * to that list) and each `message` of the list: all as JSON that was not read yet. A `broken` record has no other
 * piece after the one that says why.
 */
export interface Scanned {
  kind: 'head' | 'message' | 'record' | 'broken'
  place: RecordPlace
  text: string
}

const [LF, QUOTE, COMMA, COLON, BACKSLASH] = [0x0a, 0x22, 0x2c, 0x3a, 0x5c]
const [OPEN_LIST, CLOSE_LIST, OPEN_MAP, CLOSE_MAP] = [0x5b, 0x5d, 0x7b, 0x7d]
const isSpace = (byte: number) => byte === 0x20 || byte === LF || byte === 0x0d || byte === 0x09

/**
 * Cuts JSON (RFC 8259) into its records without reading them: the elements of a list, or objects one after the
 * other, as in JSON lines. Holds one message, and the rest of one record. Unlike a parser it goes on after a
 * record that is broken, where it can tell how: brackets that match, a new line, or the same column.
 */
export class RecordScanner {
  readonly #message = new ByteBuffer(MAX_MESSAGE_BYTES)
  readonly #rest = new ByteBuffer(MAX_RECORD_BYTES)
  #found: Scanned[] = []
  /** Every bracket that is open, the one of the list of records among them. */
  #open: number[] = []
  #isList = false
  /** Known once a record has ended on the line it began on. */
  #isLines = false
  #record: (RecordPlace & { column: number }) | undefined
  #count = 0
  #isInMessages = false
  #isInText = false
  #isEscaped = false
  #isBroken = false
  /** Of the broken record it is not known where it ends. */
  #isLost = false
  #line = 1
  #column = 0
  #isLineStart = true
  /** The last one outside of texts that is not a space. */
  #lastByte = 0

  /** What ends within `bytes`. */
  write(bytes: Uint8Array): Scanned[] {
    for (const byte of bytes) {
      this.#step(byte)
      this.#advance(byte)
    }
    return this.#takeFound()
  }

  /** What ends with the file. */
  end(): Scanned[] {
    const isComplete = !this.#isInText && !this.#isLost && this.#open.length === this.#baseDepth
    if (isComplete) this.#endRecord()
    const reason =
      this.#record === undefined ? 'the file ends before its list does' : 'the file ends within it'
    if (this.#isList) this.#begin()
    this.#break(reason)
    return this.#takeFound()
  }

  #takeFound(): Scanned[] {
    const found = this.#found
    this.#found = []
    return found
  }

  get #baseDepth(): number {
    return this.#isList ? 1 : 0
  }

  #step(byte: number): void {
    if (this.#isLost) this.#lookForNext(byte)
    else if (this.#isInText) this.#stepInText(byte)
    else this.#stepInStructure(byte)
  }

  #stepInStructure(byte: number): void {
    if (byte === QUOTE) this.#isInText = true
    if (byte === OPEN_LIST || byte === OPEN_MAP) this.#openBracket(byte)
    else if (byte === CLOSE_LIST || byte === CLOSE_MAP) this.#closeBracket(byte)
    else if (byte === COMMA && this.#isBetweenItems()) this.#endItem()
    else if (byte === LF && !this.#isList) this.#endLine()
    else this.#keep(byte)
  }

  #advance(byte: number): void {
    this.#column = byte === LF ? 0 : this.#column + 1
    this.#isLineStart = byte === LF || (this.#isLineStart && isSpace(byte))
    if (byte === LF) this.#line += 1
    if (!this.#isInText && !isSpace(byte)) this.#lastByte = byte
  }

  #stepInText(byte: number): void {
    if (byte === LF) {
      this.#break('a line ends within a text')
      this.#lookForNext(byte)
      return
    }
    this.#keep(byte)
    if (this.#isEscaped) this.#isEscaped = false
    else if (byte === BACKSLASH) this.#isEscaped = true
    else if (byte === QUOTE) this.#isInText = false
  }

  #openBracket(byte: number): void {
    if (this.#record === undefined && !this.#isList && byte === OPEN_LIST) {
      this.#isList = true
      this.#open.push(byte)
      return
    }
    if (this.#isNextLineOfBroken(byte)) {
      this.#break('the line ends within it')
      this.#reset()
    }
    const isMessages = byte === OPEN_LIST && this.#isAtMessages()
    this.#keep(byte)
    this.#open.push(byte)
    if (this.#open.length > MAX_DEPTH) this.#break(`it is nested deeper than ${MAX_DEPTH} levels`)
    if (!isMessages) return
    if (!this.#isBroken) this.#emit('head', `${this.#rest.text() ?? ''}]}`)
    this.#isInMessages = true
  }

  #closeBracket(byte: number): void {
    const opener = byte === CLOSE_LIST ? OPEN_LIST : OPEN_MAP
    if (this.#open.at(-1) !== opener) {
      this.#begin()
      this.#break('its brackets do not match')
      return
    }
    const isEndOfItems = this.#isBetweenItems()
    if (isEndOfItems) this.#endItem()
    this.#open.pop()
    if (isEndOfItems && !this.#isInMessages) {
      this.#isList = false
      return
    }
    if (isEndOfItems) this.#isInMessages = false
    this.#keep(byte)
    if (!this.#isList && this.#open.length === 0) this.#endRecord()
  }

  /** Whether a comma here parts two messages or two records of a list. */
  #isBetweenItems(): boolean {
    const depth = this.#open.length
    return this.#isInMessages ? depth === this.#baseDepth + 2 : this.#isList && depth === 1
  }

  #isAtMessages(): boolean {
    const isMember = !this.#isInMessages && this.#open.length === this.#baseDepth + 1
    return isMember && /[{,\s]"messages"\s*:\s*$/.test(this.#rest.tail(64))
  }

  /** No JSON has a bracket here: the line before was cut off. */
  #isNextLineOfBroken(byte: number): boolean {
    const isFirst = byte === OPEN_MAP && this.#column === 0 && !this.#isList && this.#open.length > 0
    return isFirst && ![OPEN_LIST, OPEN_MAP, COMMA, COLON].includes(this.#lastByte)
  }

  #endLine(): void {
    if (this.#open.length === 0) this.#endRecord()
    else if (this.#isLines) {
      this.#break('the line ends within it')
      this.#reset()
    } else this.#keep(LF)
  }

  #keep(byte: number): void {
    const buffer = this.#isInMessages ? this.#message : this.#rest
    if (buffer.isEmpty && isSpace(byte)) return
    this.#begin()
    if (!this.#isBroken) buffer.push(byte)
    if (buffer.isOverfull) this.#fail(`${this.#isInMessages ? 'a message of it' : 'it'} is too large`)
  }

  #begin(): void {
    if (this.#record !== undefined) return
    const column = this.#isLineStart ? this.#column : Number.POSITIVE_INFINITY
    this.#record = { index: this.#count, line: this.#line, column }
    this.#count += 1
  }

  #endItem(): void {
    if (this.#isInMessages) this.#endMessage()
    else this.#endRecord()
  }

  #endMessage(): void {
    if (!this.#isBroken && !this.#message.isEmpty) this.#emit('message', this.#message.text())
    this.#message.clear()
  }

  #endRecord(): void {
    if (this.#record === undefined) return
    if (!this.#isBroken) this.#emit('record', this.#rest.text())
    if (!this.#isList && this.#record.line === this.#line) this.#isLines = true
    this.#reset()
  }

  #emit(kind: Scanned['kind'], text: string | undefined): void {
    if (this.#record === undefined) return
    const { index, line } = this.#record
    if (text === undefined) this.#fail('it is not valid UTF-8')
    else this.#found.push({ kind, place: { index, line }, text })
  }

  /** What is wrong with a record whose brackets still tell where it ends. */
  #fail(reason: string): void {
    if (!this.#isBroken) this.#emit('broken', reason)
    this.#isBroken = true
  }

  #break(reason: string): void {
    this.#fail(reason)
    this.#isLost = true
  }

  #lookForNext(byte: number): void {
    const isNext = this.#isList
      ? byte === OPEN_MAP && this.#isLineStart && this.#column === this.#record?.column
      : byte === LF
    if (!isNext) return
    this.#reset()
    if (byte === OPEN_MAP) this.#step(byte)
  }

  #reset(): void {
    this.#open = this.#isList ? [OPEN_LIST] : []
    this.#record = undefined
    this.#isInMessages = false
    this.#isInText = false
    this.#isEscaped = false
    this.#isBroken = false
    this.#isLost = false
    this.#message.clear()
    this.#rest.clear()
  }
}
