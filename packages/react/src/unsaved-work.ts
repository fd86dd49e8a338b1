import type { Message } from '@s5-conversations/sdk-core'
import { textOf } from './message-text'

/** What somebody wrote and cannot save, to be kept elsewhere. */
export interface UnsavedWork {
  unsaved: readonly Message[]
  draft: string
  /** Of the application's own. */
  other: string
}

/** For people: what they wrote, and nothing else. */
export function toText({ unsaved, draft, other }: UnsavedWork): string {
  return [...unsaved.map(({ content }) => textOf(content)), draft, other]
    .filter((text) => text !== '')
    .join('\n\n')
}

/** For programs: each message with all it has. */
export function toJson({ unsaved, draft, other }: UnsavedWork): string {
  return JSON.stringify({ messages: unsaved, draft, other }, null, 2)
}

export function isEmpty(work: UnsavedWork): boolean {
  return toText(work) === ''
}

/** Puts both on the clipboard, where it takes both; else the text. Gives back whether it did. */
export async function copyWork(work: UnsavedWork): Promise<boolean> {
  const clipboard = globalThis.navigator.clipboard as Clipboard | undefined
  if (clipboard === undefined) return false
  try {
    await clipboard.write([new ClipboardItem({ 'text/plain': toText(work), [JSON_TYPE]: toJson(work) })])
  } catch {
    return clipboard.writeText(toText(work)).then(
      () => true,
      () => false,
    )
  }
  return true
}

/** Of the kinds that applications make up, which Chromium keeps and others refuse. */
const JSON_TYPE = 'web application/json'
