import { test } from 'vitest'
import { fuzzDecoder } from '../support/fuzz-decoder'

test('10 000 hostile frames decode to a message or to CORRUPT', () => fuzzDecoder(10_000))
