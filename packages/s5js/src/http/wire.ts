/** One HTTP request, ready to be sent. */
export interface WireRequest {
  url: URL
  method: 'GET' | 'POST' | 'DELETE'
  headers: Record<string, string>
  body: Uint8Array<ArrayBuffer> | undefined
  /** Whether a cache that lies in between may answer. */
  isCacheable: boolean
  /** Whether it does no harm to send it twice. */
  isRepeatable: boolean
  /** Ends the request, and the reading of its answer. */
  signal: AbortSignal
}

/** The head of an answer that has come; its body is read or discarded, once. */
export interface WireAnswer {
  readonly status: number
  readonly setCookies: readonly string[]
  /**
   * Hands over the body part by part until its end. What `take` throws ends the answer and is thrown.
   * @throws TypeError when the answer breaks off
   */
  read(take: (part: Uint8Array) => void): Promise<void>
  /** Takes no more of the answer. */
  discard(): Promise<void>
}

/** How requests get to a server: by fetch in browsers, by node:http in Node. */
export interface Wire {
  /** The answer, of any status; redirects of GET are followed as fetch does. @throws TypeError when there is none */
  send(request: WireRequest): Promise<WireAnswer>
  /** Hangs up; requests under way fail. */
  close(): void
}
