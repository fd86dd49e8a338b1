import { test } from 'vitest'
import { fuzzDecoder } from '../support/fuzz-decoder'
import { fuzzPeer } from '../support/fuzz-peer'

test('100 000 hostile frames decode to a message or to CORRUPT', () => fuzzDecoder(100_000))

test('a client that is sent 100 000 hostile frames stays connected, believes none, and goes on working', () =>
  fuzzPeer(100_000))
