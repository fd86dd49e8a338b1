import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createPortal } from '@s5-conversations/s5-portal'
import { expect, it } from 'vitest'
import { env, PACKAGE, startCommand } from './support/gateway-command'
import { client, closeAfterTest } from './support/gateway-scene'

const GUIDE = new URL('../../../docs/guides/gateway.md', import.meta.url)

it('The commands and examples of the guide run, and print what it says', async () => {
  const portal = closeAfterTest(await createPortal({ port: 0 }))
  const guide = await readFile(GUIDE, 'utf8')
  const [command = ''] = [...guide.matchAll(/```sh\n(.*?)```/gs)].map(([, text]) => text)
  const [bot = '', example = ''] = [...guide.matchAll(/```js\n(.*?)```/gs)].map(([, text]) => text)
  const folder = await mkdtemp(join(tmpdir(), 's5-gateway-guide-'))
  closeAfterTest({ close: () => rm(folder, { recursive: true, force: true }) })
  await writeFile(join(folder, 'bot.mjs'), bot)
  const { url } = await startCommand(
    command
      .replace('npx s5-gateway', 'exec node bin/s5-gateway.js')
      .replace('8787', '0')
      .replace('http://127.0.0.1:5522', portal.url)
      .replace('./bot.mjs', join(folder, 'bot.mjs')),
  )
  const code = example.replaceAll('http://127.0.0.1:8787', url)
  const args = ['--input-type=module', '--eval', code]
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: PACKAGE, env, timeout: 40_000 })
  expect(stdout.trim()).toBe(/prints `(.*?)`/.exec(guide)?.[1])

  const ask = await client(url)
  const said = await ask('GET', '/openapi.json')
  expect(Object.keys(said.json.paths as object)).toContain('/chat')
})
