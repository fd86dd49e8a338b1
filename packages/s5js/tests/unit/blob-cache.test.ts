import { expect, test } from 'vitest'
import { BlobCache } from '../../src/blob/blob-cache'

const hash = (number: number) => new Uint8Array(32).fill(number)

test('the least recently used blobs go when the bytes run out', () => {
  const cache = new BlobCache(100)
  for (const number of [1, 2, 3, 4]) cache.put(hash(number), new Uint8Array(25))
  cache.get(hash(1))
  cache.put(hash(5), new Uint8Array(25))
  expect([1, 2, 3, 4, 5].filter((number) => cache.get(hash(number)))).toEqual([1, 3, 4, 5])
})

test('a blob over a quarter of the cache is not kept', () => {
  const cache = new BlobCache(100)
  cache.put(hash(1), new Uint8Array(26))
  expect(cache.get(hash(1))).toBeUndefined()
})

test('the same blob again takes no more room, and a cleared cache starts anew', () => {
  const cache = new BlobCache(100)
  for (let times = 0; times < 9; times++) cache.put(hash(1), new Uint8Array(25))
  for (const number of [2, 3, 4]) cache.put(hash(number), new Uint8Array(25))
  expect(cache.get(hash(1))).toHaveLength(25)
  cache.clear()
  expect(cache.get(hash(1))).toBeUndefined()
  for (const number of [1, 2, 3, 4]) cache.put(hash(number), new Uint8Array(25))
  expect(cache.get(hash(1))).toHaveLength(25)
})

test('nobody can change what is kept', () => {
  const cache = new BlobCache()
  const given = new Uint8Array([1, 2])
  cache.put(hash(1), given)
  given.fill(9)
  cache.get(hash(1))?.fill(8)
  expect(cache.get(hash(1))).toEqual(new Uint8Array([1, 2]))
})
