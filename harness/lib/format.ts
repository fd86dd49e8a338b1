const UNITS = ['B', 'kB', 'MB', 'GB']

/** Bytes for people: `12.3 kB`. */
export function formatBytes(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), UNITS.length - 1)
  const value = bytes / 1000 ** power
  return `${value < 10 && power > 0 ? value.toFixed(1) : Math.round(value)} ${UNITS[power]}`
}

/** A number of things for people: `1 message`, `2 messages`. */
export function countOf(count: number, name: string): string {
  return `${count.toLocaleString('en')} ${count === 1 ? name : `${name}s`}`
}

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** A length of time for people: `2 h 5 min`. */
export function formatDuration(ms: number): string {
  if (ms < MINUTE_MS) return `${Math.floor(ms / 1000)} s`
  if (ms < HOUR_MS) return `${Math.floor(ms / MINUTE_MS)} min`
  return `${Math.floor(ms / HOUR_MS)} h ${Math.floor((ms % HOUR_MS) / MINUTE_MS)} min`
}

/** When something was, for people: the time of today, or else the day. */
export function formatTime(at: number, now = Date.now()): string {
  const isRecent = now - at < DAY_MS
  return new Intl.DateTimeFormat('en', isRecent ? { timeStyle: 'short' } : { dateStyle: 'medium' }).format(at)
}
