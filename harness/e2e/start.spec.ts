import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@playwright/test'

const START = fileURLToPath(new URL('../../scripts/start.mjs', import.meta.url))

interface Started {
  child: ChildProcess
  output(): string
}

function start(...args: string[]): Started {
  const child = spawn(process.execPath, [START, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => {
      output += text
    })
  return { child, output: () => output }
}

/** A port that is taken until it is released. */
async function takePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? String(address.port) : ''
  return { port, release: () => new Promise((resolve) => server.close(resolve)) }
}

async function freePort(): Promise<string> {
  const { port, release } = await takePort()
  await release()
  return port
}

test('`npm start` runs the harness and its portal, says where, and ends both on SIGTERM', async ({
  request,
}) => {
  const dataDir = await mkdtemp(join(tmpdir(), 's5-start-'))
  const [port, portalPort] = [await freePort(), await freePort()]
  const { child, output } = start('--port', port, '--portal-port', portalPort, '--data-dir', dataDir)
  await expect.poll(output).toContain(`Next: open http://localhost:${port}`)
  expect((await request.get(`http://127.0.0.1:${portalPort}/health`)).status()).toBe(200)
  const config = await request.get(`http://127.0.0.1:${port}/api/config`)
  expect(await config.json()).toMatchObject({ portalUrl: `http://127.0.0.1:${portalPort}` })
  child.kill('SIGTERM')
  expect(await once(child, 'exit')).toEqual([0, null])
  await expect(request.get(`http://127.0.0.1:${portalPort}/health`)).rejects.toThrow('ECONNREFUSED')
  await rm(dataDir, { recursive: true, force: true, maxRetries: 10 })
})

test('`npm start` names a port that is taken, and how to choose another', async () => {
  const { port, release } = await takePort()
  const { child, output } = start('--port', port)
  expect(await once(child, 'exit')).toEqual([1, null])
  expect(output()).toBe(
    `Port ${port} is taken. Stop what uses it, or choose another: npm start -- --port <port>\n`,
  )
  await release()
})
