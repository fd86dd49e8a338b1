import { describe, expect, it } from 'vitest'
import { parseCommandLine, USAGE } from '../../src/cli-options'
import { resolvePortalOptions } from '../../src/portal-options'

describe('the command line', () => {
  it('without flags runs a portal with the defaults', () => {
    expect(parseCommandLine([])).toEqual({ kind: 'run', options: {} })
  })

  it('takes every flag', () => {
    const args =
      '--port 0 --host ::1 --data-dir d --public-url https://a.example --invite-code x --invite-code y'
    const network = '--peer ws://a/s5/p2p --peer wss://b/s5/p2p --faults'.split(' ')
    expect(parseCommandLine([...args.split(' '), '--max-upload-bytes', '10', ...network])).toEqual({
      kind: 'run',
      options: {
        port: 0,
        host: '::1',
        dataDir: 'd',
        publicUrl: 'https://a.example',
        inviteCodes: ['x', 'y'],
        maxUploadBytes: 10,
        peers: ['ws://a/s5/p2p', 'wss://b/s5/p2p'],
        faults: true,
      },
    })
  })

  it.each(['help', 'version'])('with --%s asks for that, whatever else it has', (kind) => {
    expect(parseCommandLine(['--port', '1', `--${kind}`])).toEqual({ kind })
  })

  it.each([['--nope'], ['--port'], ['word']])('with %s is refused', (...args) => {
    expect(() => parseCommandLine(args)).toThrow('(see --help)')
  })

  it('has every flag in its help', () => {
    const flags = [
      'port',
      'host',
      'data-dir',
      'public-url',
      'invite-code',
      'max-upload-bytes',
      'peer',
      'faults',
    ]
    for (const flag of flags) expect(USAGE).toContain(`--${flag} `)
  })
})

describe('portal options', () => {
  it.each([
    ['port', { port: 65_536 }],
    ['port', { port: Number.NaN }],
    ['maxUploadBytes', { maxUploadBytes: 0 }],
    ['publicUrl', { publicUrl: 'portal.example' }],
    ['publicUrl', { publicUrl: 'https://' }],
    ['inviteCodes', { inviteCodes: [''] }],
    ['peers', { peers: ['http://portal.example/s5/p2p'] }],
    ['peers', { peers: ['ws://'] }],
    ['peerWaitMs', { peerWaitMs: -1 }],
    ['limits', { limits: { uploads: 0 } }],
    ['faults', { faults: true, host: '0.0.0.0' }],
    ['faults', { faults: true, host: 'portal.example' }],
    ['faults.delayMs', { faults: { delayMs: -1 } }],
  ])('with a wrong %s are refused by that name', (name, options) => {
    expect(() => resolvePortalOptions(options)).toThrow(name)
  })

  it('take the host that clients sign from the public URL', () => {
    expect(resolvePortalOptions({ publicUrl: 'https://Portal.Example:443/x' }).publicHost).toBe(
      'portal.example',
    )
    expect(resolvePortalOptions({ publicUrl: 'http://portal.example:8080' }).publicHost).toBe(
      'portal.example:8080',
    )
  })
})
