const COUNT = new Intl.NumberFormat('en')
const TIME = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium' })

export function formatCount(count: number): string {
  return COUNT.format(count)
}

export function formatMs(ms: number): string {
  return ms < 10 ? `${ms.toFixed(1)} ms` : `${COUNT.format(Math.round(ms))} ms`
}

/** A moment, ms since 1970. */
export function formatMoment(at: number): string {
  return TIME.format(at)
}
