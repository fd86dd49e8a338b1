import { type Logger, silentLogger } from './log'
import { pageStorage } from './versioned-storage'

/** Set to `'true'` in `localStorage`, it lets the SDK say what it does. */
const DEBUG_KEY = 's5_conversations_debug'

/** The logger of an SDK that was given none: the page's console where somebody is looking for a fault. */
export function defaultLogger(): Logger {
  return pageStorage()?.getItem(DEBUG_KEY) === 'true' ? consoleLogger : silentLogger
}

const consoleLogger: Logger = {
  // biome-ignore lint/suspicious/noConsole: asked for by the user of the page
  debug: (fields, message) => console.debug(`[s5-conversations] ${message}`, fields),
  // biome-ignore lint/suspicious/noConsole: asked for by the user of the page
  warn: (fields, message) => console.warn(`[s5-conversations] ${message}`, fields),
}
