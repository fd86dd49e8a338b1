import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makeTemporaryFolder, openPortal } from '../support/portal'
import { finishCommand, runCommand, spawnCommand, spawnPortal } from '../support/process'

describe('the s5-portal command', () => {
  it('says where it is ready and where the data is, and stops cleanly on a signal', async () => {
    const dataDir = await makeTemporaryFolder()
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      const { child, url } = await spawnPortal('--data-dir', dataDir)
      expect((await fetch(`${url}/health`)).status).toBe(200)
      const end = finishCommand(child)
      child.kill(signal)
      expect(await end).toMatchObject({ code: 0, stderr: '' })
    }
  })

  it('prints what a person needs and no more', async () => {
    const dataDir = await makeTemporaryFolder()
    const child = spawnCommand('--port', '0', '--data-dir', dataDir, '--public-url', 'https://portal.example')
    const end = finishCommand(child)
    child.stdout?.on('data', (piece) => String(piece).includes('Ctrl+C') && child.kill('SIGINT'))
    const [ready, ...rest] = (await end).stdout.trimEnd().split('\n')
    expect(ready).toMatch(/^S5 portal ready at http:\/\/127\.0\.0\.1:\d+$/)
    expect(rest).toEqual([
      `Peers reach it at ${ready?.replace('S5 portal ready at http', 'ws')}/s5/p2p`,
      'Known to clients as https://portal.example',
      `Data in ${dataDir}`,
      'Stop with Ctrl+C',
    ])
  })

  it('shows its flags and its version', async () => {
    const [help, version] = await Promise.all([runCommand('--help'), runCommand('--version')])
    expect(help).toMatchObject({ code: 0, stdout: expect.stringContaining('--data-dir <folder>') })
    expect(version).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) })
  })

  it('ends with one line and exit code 1 when it cannot start', async () => {
    const { port } = await openPortal()
    const dataDir = await makeTemporaryFolder()
    await spawnPortal('--data-dir', dataDir)
    const failures = await Promise.all([
      runCommand('--port', `${port}`),
      runCommand('--port', '0', '--data-dir', dataDir),
      runCommand('--port', '0', '--data-dir', '/proc/portal'),
      runCommand('--port', 'http'),
      runCommand('--wrong'),
    ])
    const messages = [
      'in use',
      `cannot use ${resolve(dataDir)}: another portal`,
      '/proc/portal',
      'port must',
      '--wrong',
    ]
    for (const [index, { code, stdout, stderr }] of failures.entries()) {
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
      expect(stderr).toMatch(/^s5-portal: [^\n]+\n$/)
      expect(stderr).toContain(messages[index])
    }
  })
})
