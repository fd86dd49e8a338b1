import fc from 'fast-check'
import { expect } from 'vitest'
import { CorruptDataError } from '../../src/index'
import { decodeMessage, decodeSignedContent } from '../../src/p2p/decode-message'
import { encodeMessage } from '../../src/p2p/encode-message'
import { hostileFrame } from './hostile-frames'

/** Every frame is either a message that says the same when written again, or CORRUPT. */
export function fuzzDecoder(frames: number): void {
  fc.assert(
    fc.property(hostileFrame, (frame) => {
      try {
        const message = decodeMessage(frame)
        if (message.type !== 'unknown') expect(decodeMessage(encodeMessage(message))).toEqual(message)
        if (message.type === 'signed') decodeSignedContent(message.content)
      } catch (error) {
        if (!(error instanceof CorruptDataError)) throw error
      }
    }),
    { numRuns: frames },
  )
}
