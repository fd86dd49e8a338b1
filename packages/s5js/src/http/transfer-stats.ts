/** What a client has really sent and received over HTTP since it was made. */
export interface TransferStats {
  /** All HTTP requests, whatever came of them. */
  requests: number
  uploads: number
  downloads: number
  registryReads: number
  registryWrites: number
  /** Bytes of request bodies. */
  bytesUp: number
  /** Bytes of response bodies. */
  bytesDown: number
}
