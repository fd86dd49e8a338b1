import { describe, expect, it } from 'vitest'
import { ENTRIES, exportsOf, membersOf } from './api'
import { readDocument } from './documents'

const { text: PAGE } = readDocument('docs/SDK_API.md')

/** The doors of the SDK: each has a table. */
const DOORS = [
  'Sdk',
  'StorageManager',
  'SessionManager',
  'AuthStateManager',
  'AtomicConversationService',
  'NotificationService',
  'Outbox',
  'ConversationEngine',
]

describe.each(ENTRIES)('docs/SDK_API.md of %s', (entry) => {
  const section = sectionOf(PAGE, `## \`${entry}\``)

  it('names every public name, types too', () => {
    const prose = section.replaceAll(/^```[\s\S]*?^```$/gm, '')
    const words = new Set([...prose.matchAll(/`[^`]+`/g)].flatMap(([code]) => code.match(/\w+/g) ?? []))
    expect([...exportsOf(entry).keys()].filter((name) => !words.has(name))).toEqual([])
  })

  it('has headings for names that there are, and in each table one row for each member', () => {
    const wrong = headingsOf(section).flatMap((name) => {
      if (!exportsOf(entry).has(name)) return [`${name} is not exported`]
      const rows = membersIn(sectionOf(section, `# \`${name}\``))
      return rows.length === 0 ? [] : differences(name, membersOf(entry, name), rows)
    })
    expect(wrong).toEqual([])
  })
})

it('docs/SDK_API.md has a table of the methods of each door', () => {
  expect(DOORS.filter((door) => membersIn(sectionOf(PAGE, `# \`${door}\``)).length === 0)).toEqual([])
})

/** What stands below a heading, up to the next one of its level or above. */
function sectionOf(page: string, heading: string): string {
  const start = page.indexOf(`${heading}\n`)
  const [hashes = ''] = /#+$/.exec(page.slice(0, start + heading.indexOf(' '))) ?? []
  const text = start === -1 ? '' : page.slice(start + heading.length)
  const end = text.search(new RegExp(`^#{1,${hashes.length}} `, 'm'))
  return end === -1 ? text : text.slice(0, end)
}

/** Names that have a heading. */
function headingsOf(section: string): string[] {
  return [...section.matchAll(/^#{3,} `(\w+)`$/gm)].map(([, name = '']) => name)
}

/** The first cells of the tables of methods, options or fields before the next heading, without arguments. */
function membersIn(section: string): string[] {
  const [own = ''] = section.split(/^#+ /m)
  const tables = [...own.matchAll(/^\| (?:method|member|option|field) \|.*\n\|[-|]+\n((?:\|.*\n)+)/gm)]
  return tables.flatMap(([, rows = '']) => [...rows.matchAll(/^\| `(\w+)/gm)].map(([, name = '']) => name))
}

function differences(name: string, members: string[], rows: string[]): string[] {
  return [
    ...members.filter((member) => !rows.includes(member)).map((member) => `${name}.${member} is missing`),
    ...rows.filter((row) => !members.includes(row)).map((row) => `${name}.${row} has gone`),
  ]
}
