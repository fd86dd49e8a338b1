const COUNT = new Intl.NumberFormat('en')
const TIME = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium' })

export function formatCount(count: number): string {
  return COUNT.format(count)
}

/** Bytes in the unit that is read most easily, of 1000 each. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${COUNT.format(Math.round(bytes))} B`
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(1)} kB`
  return `${(bytes / 1_000_000).toFixed(1)} MB`
}

export function formatMs(ms: number): string {
  return ms < 10 ? `${ms.toFixed(1)} ms` : `${COUNT.format(Math.round(ms))} ms`
}

/** A moment, ms since 1970. */
export function formatTime(at: number): string {
  return TIME.format(at)
}
