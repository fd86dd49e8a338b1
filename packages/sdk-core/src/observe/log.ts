/** A structured logger; pino and console-like loggers fit. Never receives content, keys or tokens. */
export interface Logger {
  debug(fields: object, message: string): void
  warn(fields: object, message: string): void
}

/** Says nothing. */
export const silentLogger: Logger = { debug: () => {}, warn: () => {} }
