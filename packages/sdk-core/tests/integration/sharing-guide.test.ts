import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { startPortal } from '../support/fixture'

const PACKAGE = fileURLToPath(new URL('../..', import.meta.url))
const GUIDE = new URL('../../../../docs/guides/sharing.md', import.meta.url)

it('The example of the guide to sharing runs in plain Node, and prints what the guide says', async () => {
  const portal = await startPortal()
  const guide = await readFile(GUIDE, 'utf8')
  const example = /```js\n(.*?)```/s.exec(guide)?.[1] ?? ''
  const said = /prints `(.*?)` and `(.*?)`/.exec(guide)?.slice(1)
  const code = example.replace('http://127.0.0.1:5522', portal.url)
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', code], {
    cwd: PACKAGE,
    env: { ...process.env, NODE_OPTIONS: '' },
  })
  expect(stdout.trim().split('\n')).toEqual(said)
})
