import { test } from 'vitest'
import { fuzzDecoder, fuzzPeer } from '../support/fuzz'

test('10 000 hostile frames decode to a message or to CORRUPT', () => fuzzDecoder(10_000))

test('a client that is sent 10 000 hostile frames stays connected, believes none, and goes on working', () =>
  fuzzPeer(10_000))
