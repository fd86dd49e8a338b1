import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Command, commandsOf } from './commands'
import { type Document, fencesOf, ROOT, readDocument, readDocuments } from './documents'

const documents = readDocuments()
const commands = documents.flatMap(commandsOf)

describe('What a page tells to run is there', () => {
  it('scripts of npm', () => {
    const { scripts } = readManifest('.')
    expect(missing(/^npm (?:run (?:--silent )?([\w:-]+)|(start|test))/, (name) => name in scripts)).toEqual(
      [],
    )
  })

  it('commands of packages', () => {
    expect(missing(/^npx (?:--yes )?(\S+)/, isBin)).toEqual([])
  })

  it('files for node', () => {
    const isThere = (file: string, { path }: Command) =>
      existsSync(join(ROOT, file)) || isShown(file, readDocument(path))
    expect(missing(/^node ([\w./-]+)/, isThere)).toEqual([])
  })

  it.each(['s5-portal', 's5-gateway'])('flags of %s', (name) => {
    const known = flagsOf(helpOf(name))
    const given = commands
      .filter(({ text }) => text.includes(`${name} `))
      .flatMap(({ text }) => flagsOf(text))
    expect(given.filter((flag) => !known.includes(flag))).toEqual([])
  })
})

it('Every flag of the portal is in its guide and in its README', () => {
  for (const page of ['docs/guides/run-a-portal.md', 'packages/s5-portal/README.md']) {
    const { text } = readDocument(page)
    const flags = flagsOf(helpOf('s5-portal')).filter((flag) => !['--help', '--version'].includes(flag))
    expect(flags.filter((flag) => !text.includes(`\`${flag}`))).toEqual([])
  }
})

it('Every guide is on the list of the README', () => {
  const { text } = readDocument('README.md')
  const guides = documents.map(({ path }) => path).filter((path) => path.startsWith('docs/guides/'))
  expect(guides.filter((path) => !text.includes(`](${path})`))).toEqual([])
})

it('Every link within the project leads to a page, and to a heading of it', () => {
  const broken = documents.flatMap((document) =>
    linksOf(document)
      .filter((link) => !leadsSomewhere(document, link))
      .map((link) => `${document.path}: ${link}`),
  )
  expect(broken).toEqual([])
})

interface Manifest {
  scripts: Record<string, string>
  bin?: Record<string, string>
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')) as Manifest
}

/** The commands whose name, as `pattern` finds it, does not stand for something. */
function missing(pattern: RegExp, isThere: (name: string, command: Command) => boolean): string[] {
  return commands
    .filter((command) => {
      const name = pattern.exec(command.text)?.slice(1).find(Boolean)
      return name !== undefined && !isThere(name, command)
    })
    .map(({ path, text }) => `${path}: ${text}`)
}

function isBin(name: string): boolean {
  const packages = readdirSync(join(ROOT, 'packages'))
  const isOurs = packages.some((folder) => name in (readManifest(join('packages', folder)).bin ?? {}))
  return isOurs || existsSync(join(ROOT, 'node_modules/.bin', name))
}

/** A file that the page itself gives, and names in the first line. */
function isShown(file: string, document: Document): boolean {
  return fencesOf(document).some(({ text }) => text.startsWith(`// ${file}\n`))
}

function helpOf(name: string): string {
  const bin = join(ROOT, 'packages', name.replace('s5-gateway', 'gateway'), 'bin', `${name}.js`)
  return execFileSync(process.execPath, [bin, '--help'], {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  })
}

function flagsOf(text: string): string[] {
  return [...new Set(text.match(/(?<=^|\s)--[a-z][a-z-]+/gm))]
}

function linksOf({ text }: Document): string[] {
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target))
}

function leadsSomewhere({ path }: Document, link: string): boolean {
  const [file = '', anchor] = link.split('#')
  const target = file === '' ? path : normalize(join(dirname(path), file))
  if (!existsSync(join(ROOT, target))) return false
  return anchor === undefined || anchorsOf(readDocument(target)).includes(anchor)
}

/** As GitHub makes them of headings. */
function anchorsOf({ text }: Document): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}
