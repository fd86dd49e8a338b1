import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** A page, by its path from the root of the project. */
export interface Document {
  path: string
  text: string
}

/** The pages that readers are sent to: at the root, in `docs`, and each package's README. */
export function readDocuments(): Document[] {
  return [...markdownIn('.', false), ...markdownIn('docs', true), ...readmes()].map(readDocument)
}

export function readDocument(path: string): Document {
  return { path, text: readFileSync(join(ROOT, path), 'utf8') }
}

function markdownIn(folder: string, recursive: boolean): string[] {
  const names = readdirSync(join(ROOT, folder), { recursive, encoding: 'utf8' })
  return names
    .filter((name) => name.endsWith('.md') && !name.includes('node_modules'))
    .map((name) => join(folder, name))
}

function readmes(): string[] {
  const packages = readdirSync(join(ROOT, 'packages'), { withFileTypes: true })
  return packages
    .flatMap(({ name, parentPath }) => readdirSync(join(parentPath, name)).map((file) => join(name, file)))
    .filter((path) => path.endsWith('README.md'))
    .map((path) => join('packages', path))
}

/** What stands between two lines of three backticks. */
export interface Fence {
  /** `path:line` of its first line. */
  place: string
  language: string
  /** What follows the language; readers do not see it. */
  marks: string[]
  text: string
  /** What it takes for granted, as TypeScript, from a comment `<!-- given … -->` right before it. */
  given: string
}

const FENCE = /(?:^<!-- given\s(?<given>[\s\S]*?)-->\n+)?^```(?<info>[^\n]+)\n(?<text>[\s\S]*?)^```$/gm

export function fencesOf({ path, text }: Document): Fence[] {
  return [...text.matchAll(FENCE)].map(({ index, groups = {} }) => {
    const [language = '', ...marks] = (groups.info ?? '').trim().split(/\s+/)
    const line = text.slice(0, index).split('\n').length
    return { place: `${path}:${line}`, language, marks, text: groups.text ?? '', given: groups.given ?? '' }
  })
}
