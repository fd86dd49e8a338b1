/** One line of a structured log: what happened, and with what. A pino logger has this shape. */
type LogLine = (fields: Readonly<Record<string, unknown>>, message: string) => void

/** Where a portal tells what it does. No line has a secret in it. */
export interface PortalLog {
  readonly debug: LogLine
  readonly info: LogLine
  readonly warn: LogLine
  readonly error: LogLine
}

const nothing: LogLine = () => {}

/** A log that nobody reads. */
export const SILENT_LOG: PortalLog = { debug: nothing, info: nothing, warn: nothing, error: nothing }
