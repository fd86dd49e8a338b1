/** What every call that may wait for a portal takes. */
export interface CallOptions {
  /** Ends the call at once; it rejects with this signal's reason. */
  signal?: AbortSignal
  /** The deadline of the whole call, in milliseconds. @default the client's, 30 000 unless set */
  timeoutMs?: number
}

/** A call under way: what its parts hand on to each other. */
export interface Call {
  readonly signal: AbortSignal
  readonly timeoutMs: number
}
