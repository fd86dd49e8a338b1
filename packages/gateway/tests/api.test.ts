import { describe, expect, it } from 'vitest'
import { parseCommandLine } from '../src/cli-options'
import { createGateway } from '../src/index'
import { client, closeAfterTest, memorySdk, startGateway } from './support/gateway-scene'

const BOT = {
  generate: async () => 'fine',
  webhookSecret: 'secret of webhooks',
  telegramSecret: 'secret of telegram',
}

it('The OpenAPI document describes the routes that there are, and no others', async () => {
  const { url } = await startGateway(BOT)
  const ask = await client(url)
  const { json } = await ask('GET', '/openapi.json')
  expect(json.openapi).toBe('3.1.0')
  const paths = json.paths as Record<string, Record<string, { security?: unknown }>>
  for (const [path, operations] of Object.entries(paths)) {
    for (const [method, { security }] of Object.entries(operations)) {
      const anonymous = await fetch(url + path.replace('{id}', 'c'), { method: method.toUpperCase() })
      expect(anonymous.status, `${method} ${path}`).not.toBe(404)
      if (security !== undefined) expect(anonymous.status, `${method} ${path}`).toBe(401)
      await anonymous.body?.cancel()
    }
  }
  expect(Object.values(paths).flatMap((operations) => Object.keys(operations))).toHaveLength(16)
})

it('What is not there is a problem, too', async () => {
  const sdk = closeAfterTest(await memorySdk())
  const gateway = createGateway({ sdk, publicUrl: 'https://chat.example' })
  const response = await gateway.fetch(new Request('https://chat.example/nowhere'))
  expect([response.status, response.headers.get('content-type')]).toEqual([404, 'application/problem+json'])
  gateway.close()
})

describe('The command', () => {
  const seed = { S5_SEED_PHRASE: 'words' }

  it('takes what the flags and the environment say', () => {
    const args = [
      '--port',
      '0',
      '--portal',
      'http://p',
      '--allowed-origin',
      'https://a',
      '--allowed-origin',
      'https://b',
    ]
    const command = parseCommandLine(args, { ...seed, GATEWAY_SESSION_SECRET: '0f'.repeat(32) })
    expect(command).toEqual({
      kind: 'run',
      storage: { store: 's5', portals: ['http://p'], seedPhrase: 'words' },
      serve: { port: 0, allowedOrigins: ['https://a', 'https://b'], sessionSecret: Buffer.alloc(32, 15) },
      generateFrom: undefined,
    })
    expect(parseCommandLine(['--help'], {})).toEqual({ kind: 'help' })
    expect(parseCommandLine(['--version'], {})).toEqual({ kind: 'version' })
  })

  it.each([
    [['--port', '-1'], seed, '--port'],
    [['--port', '65536'], seed, '--port'],
    [['--nonsense'], seed, 'see --help'],
    [[], {}, 'S5_SEED_PHRASE'],
    [[], { ...seed, GATEWAY_SESSION_SECRET: 'short' }, 'GATEWAY_SESSION_SECRET'],
  ])('refuses what it cannot mean: %j %j', (args, env, problem) => {
    expect(() => parseCommandLine(args, env)).toThrow(problem)
  })
})
