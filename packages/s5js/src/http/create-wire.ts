import { FetchWire } from './fetch-wire'
import { nodeHttp } from './node-http'
import { NodeWire } from './node-wire'
import type { Wire } from './wire'

/** What this platform sends requests with. */
export function createWire(): Wire {
  const node = nodeHttp()
  return node === undefined ? new FetchWire() : new NodeWire(node)
}
