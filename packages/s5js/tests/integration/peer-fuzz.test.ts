import { test } from 'vitest'
import { fuzzPeer } from '../support/fuzz-peer'

test('a client that is sent 10 000 hostile frames stays connected, believes none, and goes on working', () =>
  fuzzPeer(10_000))
