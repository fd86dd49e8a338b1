import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as sdk from '@s5-conversations/sdk-core'
import { SDKError, type SDKErrorCode } from '@s5-conversations/sdk-core'
import { describe, expect, it } from 'vitest'
import { toProblem } from '../../packages/gateway/src/http/sdk-problem'
import { literalsOf } from './api'
import { ROOT, readDocument } from './documents'

const { text: PAGE } = readDocument('docs/errors.md')
const codes = literalsOf('@s5-conversations/sdk-core', 'SDKErrorCode')
const silent = { debug: () => {}, warn: () => {} }

describe('docs/errors.md', () => {
  it('has a section for each code, and no others', () => {
    expect([...sections(PAGE).keys()].sort()).toEqual(codes.sort())
  })

  it('is where errors point, in the package as it is built', () => {
    const url = new URL(errorOf('QUEUE_FULL').docsUrl)
    expect(url.hash).toBe('#queue_full')
    const built = join(ROOT, 'packages/sdk-core', url.pathname.replace('/@s5-conversations/sdk-core/', ''))
    expect(readFileSync(built, 'utf8')).toBe(PAGE)
  })

  it('says what status each code has over HTTP', () => {
    const entry = (code: string) => `Over HTTP: ${toProblem(errorOf(code), silent).status}`
    const says = (code: string) =>
      entriesOf(sections(PAGE).get(code) ?? '').some((each) => each.startsWith(entry(code)))
    expect(codes.filter((code) => !says(code))).toEqual([])
  })

  it('names the class of each error, its fields, and whether it is retryable', () => {
    const wrong = errorClasses().filter(({ name, code, fields, isRetryable }) => {
      const entry =
        entriesOf(sections(PAGE).get(code) ?? '').find((each) => each.includes(`\`${name}\``)) ?? ''
      return (
        [name, ...fields].some((word) => !entry.includes(`\`${word}\``)) ||
        (isRetryable && !entry.includes('(retryable'))
      )
    })
    expect(wrong).toEqual([])
  })

  it('names every public error class', () => {
    const classes = Object.keys(sdk).filter((name) => name.endsWith('Error'))
    expect(classes.filter((name) => !PAGE.includes(`\`${name}\``))).toEqual([])
  })

  it('has a row for each kind of notification', () => {
    expect(
      literalsOf('@s5-conversations/sdk-core', 'PersistenceKind').filter(
        (kind) => !PAGE.includes(`\n| \`${kind}\` |`),
      ),
    ).toEqual([])
  })

  it('has a row for each status that the gateway gives by itself', () => {
    const statuses = new Set(
      readSources('packages/gateway/src').flatMap(
        (text) => text.match(/(?<=new HttpProblem\(\s*)\d+/g) ?? [],
      ),
    )
    expect([...statuses].filter((status) => !PAGE.includes(`\n| ${status} |`))).toEqual([])
  })
})

function errorOf(code: string): SDKError {
  return new SDKError(code as SDKErrorCode, 'a message', { userMessage: 'a sentence' })
}

/** What stands below each heading of the third level. */
function sections(page: string): Map<string, string> {
  const found = page.matchAll(/^### (\S+)\n([\s\S]*?)(?=^##)/gm)
  return new Map([...found].map(([, heading = '', text = '']) => [heading, text]))
}

function entriesOf(section: string): string[] {
  return section.split(/^- /m)
}

interface ErrorClass {
  name: string
  code: string
  fields: string[]
  /** Whether it always is. */
  isRetryable: boolean
}

/** As their sources say: nobody can make one of each without knowing what it takes. */
function errorClasses(): ErrorClass[] {
  return readSources('packages/sdk-core/src/errors').flatMap((text) =>
    text
      .split(/^export class /m)
      .slice(1)
      .flatMap((body) => {
        const [, code] = /super\(\s*'([A-Z_]+)'/.exec(body) ?? []
        const fields = [...body.matchAll(/^ {2}readonly (\w+)/gm)].map(([, field = '']) => field)
        const name = /^\w+/.exec(body)?.[0] ?? ''
        return code === undefined ? [] : [{ name, code, fields, isRetryable: /retryable: true/.test(body) }]
      }),
  )
}

function readSources(folder: string): string[] {
  const names = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
  return names
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(ROOT, folder, name), 'utf8'))
}
