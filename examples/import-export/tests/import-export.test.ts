import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createPortal } from '@s5-conversations/s5-portal'
import { expect, it } from 'vitest'

const SCRIPT = fileURLToPath(new URL('../import-export.mjs', import.meta.url))
const FILE = [
  '{"id": "train", "conversations": [{"from": "human", "value": "When?"}, {"from": "gpt", "value": "At 14:02."}]}',
  'a broken line',
]

it('The example imports what it can, says what it cannot, and exports all of it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 's5-import-export-'))
  const portal = await createPortal({ port: 0 })
  const [source, target] = [join(folder, 'source.jsonl'), join(folder, 'target.jsonl')]
  await writeFile(source, FILE.join('\n'))
  const { stdout } = await promisify(execFile)(process.execPath, [SCRIPT, source, target, portal.url])
  expect(stdout).toContain('1 conversations, 2 messages; 0 were there')
  expect(stdout).toContain('Line 2, record 1: record: is not valid JSON')
  const [exported, ...rest] = (await readFile(target, 'utf8')).trimEnd().split('\n')
  expect(JSON.parse(exported ?? '')).toMatchObject({
    id: 'train',
    messages: [{ content: 'When?' }, { role: 'assistant' }],
  })
  expect(rest).toEqual([])
  await portal.close()
  await rm(folder, { recursive: true })
})
