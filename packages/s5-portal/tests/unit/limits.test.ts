import { describe, expect, it } from 'vitest'
import { ClientGate } from '../../src/limits/client-gate'
import { clientOf, isLoopback, limitsOf } from '../../src/limits/client-limits'
import { TokenBucket } from '../../src/limits/token-bucket'

describe('a token bucket', () => {
  it('lets a second’s worth through at once, then as many as come in, and tells how long to wait', () => {
    let now = 0
    const bucket = new TokenBucket(10, () => now)
    expect(Array.from({ length: 11 }, () => bucket.take())).toEqual([...Array(10).fill(0), 100])
    now = 100
    expect([bucket.take(), bucket.take()]).toEqual([0, 100])
    now = 60_000
    expect(Array.from({ length: 11 }, () => bucket.take()).filter((ms) => ms === 0)).toHaveLength(10)
  })

  it('lends, for what has already come, and tells when it is paid back', () => {
    let now = 0
    const bucket = new TokenBucket(10, () => now)
    expect(Array.from({ length: 13 }, () => bucket.borrow()).slice(9)).toEqual([0, 100, 200, 300])
    now = 300
    expect(bucket.borrow()).toBe(100)
  })
})

describe('a client', () => {
  it.each([
    ['127.0.0.1', '127.0.0.1'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8::6', '2001:db8:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
    ['::1', '::1'],
    [undefined, ''],
  ])('at %s is known as %s', (address, name) => {
    expect(clientOf(address)).toBe(name)
  })

  it('of this machine may do more than others, unless the limits are set', () => {
    expect(limitsOf('127.0.0.9', {}).requestsPerSecond).toBeGreaterThan(
      limitsOf('192.0.2.1', {}).requestsPerSecond,
    )
    expect(limitsOf('127.0.0.9', { uploads: 3 }).uploads).toBe(3)
    expect(['127.0.0.1', '::1', 'localhost'].every(isLoopback)).toBe(true)
    expect(['0.0.0.0', '::', '127.0.0.1.example', '10.0.0.1', ''].some(isLoopback)).toBe(false)
  })

  it('does not use up what another one may use, and does not start anew by coming again', () => {
    const gate = new ClientGate({ connections: 2, requestsPerSecond: 1, uploads: 1 }, () => 0)
    expect([1, 2, 3].map(() => gate.connect('192.0.2.1'))).toEqual([true, true, false])
    expect(gate.connect('192.0.2.2')).toBe(true)
    expect(gate.request('192.0.2.1')).toBe(0)
    gate.disconnect('192.0.2.1')
    gate.disconnect('192.0.2.1')
    expect(gate.connect('192.0.2.1')).toBe(true)
    expect(gate.request('192.0.2.1')).toBe(1_000)
    const end = gate.beginUpload('192.0.2.1')
    expect(gate.beginUpload('192.0.2.1')).toBeUndefined()
    end?.()
    expect(gate.beginUpload('192.0.2.1')).toBeDefined()
  })

  it('that is done is forgotten when there are very many', () => {
    let now = 0
    const gate = new ClientGate({ connections: 1, requestsPerSecond: 1 }, () => now)
    for (let index = 0; index < 10_002; index++) {
      gate.connect(`host-${index}`)
      gate.request(`host-${index}`)
      gate.disconnect(`host-${index}`)
    }
    expect(gate.request('host-5')).toBe(1_000)
    now = 2_000
    gate.connect('last')
    gate.disconnect('last')
    expect(gate.request('host-5')).toBe(0)
  })
})
