import { isPlainObject } from '../conversation/json-value'
import { optional, refuseUnknownFields } from '../conversation/message'
import { InvalidInputError } from '../errors/input-errors'
import { parseReadOptions, type ReadOptions } from '../storage/load-options'
import { parseListener } from './import-conversations'
import { toMarkdown } from './markdown'
import { toOwnJson } from './own-json'
import type { ExportSource } from './transfer-target'

/** `json` says everything and can be imported; `markdown` is for people. */
export type ExportFormat = 'json' | 'markdown'

/** How far an export has come. */
export interface ExportProgress {
  conversations: number
  total: number
}

/** Options of `exportConversations`. */
export interface ExportOptions extends ReadOptions {
  /** Called after each conversation. */
  onProgress?: (progress: ExportProgress) => void
}

/** One conversation as text. @throws InvalidInputError where there is no such conversation */
export async function exportConversation(
  source: ExportSource,
  conversationId: string,
  format: ExportFormat,
  options: ReadOptions,
): Promise<string> {
  if (format !== 'json' && format !== 'markdown') {
    throw new InvalidInputError('format', 'must be json or markdown')
  }
  const conversation = await source.loadConversation(conversationId, options)
  if (conversation === undefined) throw new InvalidInputError('conversationId', 'does not exist')
  return format === 'json' ? toOwnJson(conversation) : toMarkdown(conversation)
}

/** All conversations, each as one line of JSON with its line break; one is held at a time. */
export async function* exportConversations(
  source: ExportSource,
  options: ExportOptions,
): AsyncGenerator<string, void, undefined> {
  const { onProgress, ...read } = parseExportOptions(options)
  const { items } = await source.listConversations(read)
  for (const [index, { id }] of items.entries()) {
    const conversation = await source.loadConversation(id, read)
    // One that was deleted since it was listed is no part of it.
    if (conversation !== undefined) yield `${toOwnJson(conversation)}\n`
    onProgress?.({ conversations: index + 1, total: items.length })
  }
}

function parseExportOptions(options: unknown): ExportOptions {
  if (!isPlainObject(options)) throw new InvalidInputError('options', 'must be a plain object')
  const { signal, onProgress, ...unknown } = options
  refuseUnknownFields(unknown, [], 'options')
  return {
    ...parseReadOptions(signal === undefined ? {} : { signal }),
    ...optional('onProgress', onProgress, parseListener<ExportProgress>),
  }
}
