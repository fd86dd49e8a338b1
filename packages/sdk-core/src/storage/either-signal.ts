/** Aborted when `signal` is, or `other` if there is one. */
export function eitherSignal(signal: AbortSignal, other: AbortSignal | undefined): AbortSignal {
  return other === undefined ? signal : AbortSignal.any([signal, other])
}
