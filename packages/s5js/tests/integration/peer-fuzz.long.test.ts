import { test } from 'vitest'
import { fuzzDecoder, fuzzPeer } from '../support/fuzz'

test('100 000 hostile frames decode to a message or to CORRUPT', () => fuzzDecoder(100_000))

test('a client that is sent 100 000 hostile frames stays connected, believes none, and goes on working', () =>
  fuzzPeer(100_000))
