import { nodeModule } from '../platform/node-module'

/** The answer of a server, as node:http gives it. */
export interface NodeIncoming {
  readonly statusCode: number
  readonly headers: { location?: string; 'set-cookie'?: string[] }
  /** Whether all of the body has arrived, read or not. */
  readonly complete: boolean
  readonly readableEnded: boolean
  readonly destroyed: boolean
  on(event: 'data', listener: (part: Uint8Array) => void): void
  on(event: 'close', listener: () => void): void
  on(event: 'error', listener: (error: Error) => void): void
  destroy(): void
}

export interface NodeRequest {
  readonly socket: object | null
  on(event: 'response', listener: (answer: NodeIncoming) => void): void
  on(event: 'close', listener: () => void): void
  on(event: 'error', listener: (error: Error) => void): void
  end(body?: Uint8Array): void
  destroy(): void
}

interface NodeAgent {
  destroy(): void
}

/** The part of node:http and node:https that is used; the sources do not depend on Node's types. */
export interface NodeHttp {
  Agent: new (options: { keepAlive: boolean; timeout: number }) => NodeAgent
  request(
    url: URL,
    options: { agent: NodeAgent; method: string; headers: Record<string, string> },
  ): NodeRequest
}

/** Node's HTTP and HTTPS; undefined where there is no Node. */
export function nodeHttp(): { http: NodeHttp; https: NodeHttp } | undefined {
  const http = nodeModule<NodeHttp>('node:http')
  const https = nodeModule<NodeHttp>('node:https')
  return http && https && { http, https }
}
