import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const KEYS = ['conversations', 'messages', 'lost', 'duplicated', 'requests', 'bytesUp', 'ms']

const toClose: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of toClose.splice(0)) await close()
})

/** Runs one of the project's scripts in a plain Node process. */
function runScript(
  script: string,
  ...args: string[]
): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [join(ROOT, script), ...args], { cwd: ROOT }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr })
    })
  })
}

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? ''
}

async function temporaryFile(content: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 's5-demo-test-'))
  toClose.push(() => rm(folder, { recursive: true }))
  await writeFile(join(folder, 'conversations.jsonl'), content)
  return join(folder, 'conversations.jsonl')
}

describe('The demo', () => {
  it('loses and duplicates nothing of the samples, and says so in one object', async () => {
    const { code, stdout } = await runScript('examples/demo/demo.mjs', '--json')
    const result = JSON.parse(lastLine(stdout))
    expect(Object.keys(result)).toEqual(KEYS)
    expect(result).toMatchObject({ conversations: 12, messages: 96, lost: 0, duplicated: 0 })
    expect(result.requests).toBeGreaterThan(100)
    expect(result.bytesUp).toBeGreaterThan(10_000)
    expect(code).toBe(0)
  })

  it('prints a table without --json', async () => {
    const file = await temporaryFile('{"id": "a", "messages": [{"role": "user", "content": "hi"}]}\n')
    const { stdout } = await runScript('examples/demo/demo.mjs', file)
    for (const key of KEYS) expect(stdout).toContain(key)
  })

  it.each([
    ['{"id": "a", "messages": [{"role": "user", "content": "hi"}]}\nnonsense', ':2: not a conversation'],
    ['{"id": "a"}', ':1: not a conversation'],
    ['{"id": "a", "messages": [{"role": "robot", "content": "hi"}]}', 'messages[0].role'],
  ])('says what is wrong with a file, and fails', async (content, complaint) => {
    const { code, stderr } = await runScript('examples/demo/demo.mjs', await temporaryFile(content))
    expect(stderr).toContain(complaint)
    expect(stderr).not.toContain('    at ')
    expect(code).toBe(1)
  })

  it('fails on a file that is not there', async () => {
    const { code, stderr } = await runScript('examples/demo/demo.mjs', '/no/such/file')
    expect(stderr).toContain('/no/such/file')
    expect(code).toBe(1)
  })
})

describe('The example of the README', () => {
  it('is the file that runs here', async () => {
    const readme = await readFile(join(ROOT, 'README.md'), 'utf8')
    const [, shown] = /```js run\n([\s\S]*?)```/.exec(readme) ?? []
    const example = await readFile(join(ROOT, 'examples/demo/hello.mjs'), 'utf8')
    expect(example).toContain(shown)
    expect(shown?.length).toBeGreaterThan(300)
  })
})
