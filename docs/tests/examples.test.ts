import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { createPortal, type Portal } from '@s5-conversations/s5-portal'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { APPLICATION, createProgram, problemsOf, toJavaScript } from './compile'
import { readDocuments } from './documents'
import { type Example, examplesOf } from './examples'

const examples = readDocuments().flatMap(examplesOf)

describe('Every example of the documents', () => {
  for (const isTyped of [false, true]) {
    it(`in ${isTyped ? 'TypeScript' : 'JavaScript'} names what there is, and fits the types`, () => {
      const written = examples.filter(({ language }) => (language !== 'js') === isTyped)
      const modules = new Map(written.map((example) => [nameOf(example), moduleOf(example)]))
      const program = createProgram(modules, isTyped)
      const problems = written.flatMap((example) =>
        problemsOf(program, nameOf(example)).map((problem) => `${example.place}, ${problem}`),
      )
      expect(problems).toEqual([])
    })
  }
})

describe('What a document says that runs', () => {
  let portal: Portal
  let folder: string
  beforeAll(async () => {
    portal = await createPortal({ port: 0 })
    folder = await mkdtemp(join(tmpdir(), 's5-docs-'))
    // Packages are found from here, and nothing is left in the repository.
    await mkdir(MODULES, { recursive: true })
  })
  afterAll(async () => {
    await portal.close()
    await rm(folder, { recursive: true })
  })

  for (const example of examples.filter(({ isRun }) => isRun)) {
    it.concurrent(`prints what it says: ${example.place}`, async () => {
      const printed = await run(example, portal.url, folder)
      if (example.prints !== undefined) expect(printed).toBe(example.prints)
    })
  }
})

const MODULES = join(APPLICATION, 'node_modules/.examples')

/** In plain Node, with what `preludes/<page>.mjs` makes of its world. @returns what it prints */
async function run(example: Example, portalUrl: string, folder: string): Promise<string> {
  const code = example.language === 'js' ? example.code : toJavaScript(example.code)
  const file = join(MODULES, nameOf(example).replace(/tsx?$/, 'mjs'))
  await writeFile(file, code.replaceAll('http://127.0.0.1:5522', portalUrl))
  const prelude = join(APPLICATION, 'preludes', `${pageOf(example)}.mjs`)
  const imports = existsSync(prelude) ? ['--import', pathToFileURL(prelude).href] : []
  const env = { ...process.env, NODE_OPTIONS: '' }
  const { stdout } = await promisify(execFile)(process.execPath, [...imports, file], {
    cwd: folder,
    env,
    timeout: 40_000,
  })
  return stdout
}

function nameOf({ place, language }: Example): string {
  return `${place.replaceAll(/[^\w]+/g, '-')}.${language === 'tsx' ? 'tsx' : 'ts'}`
}

/** A module even where it imports nothing; what is given is on its last lines, so that lines count as on the page. */
function moduleOf({ code, given }: Example): string {
  return `${code}\n${given}\nexport {}`
}

function pageOf({ place }: Example): string {
  return basename(place.replace(/:\d+$/, ''), '.md')
}
