import { InvalidInputError } from '../errors/caller-errors'
import { decodeMultibase } from '../identifier/multibase'
import { isRegistryKey } from '../registry/entry-shape'

/** Where a peer listens, and who it has to be if the URI says so. */
export class PeerAddress {
  /** The URL to dial: without the node id. */
  readonly url: string
  /** Host and port: all that errors say of an address. */
  readonly host: string
  /** 33 bytes: 0xed and the public key of the node; undefined where the URI names none. */
  readonly nodeId: Uint8Array | undefined

  /**
   * @param uri `ws(s)://[node id@]host[:port]/path`, the node id in base58 as S5 nodes announce it
   * @throws InvalidInputError, which does not quote the URI: it might hold a password
   */
  constructor(uri: string) {
    const parsed = URL.canParse(uri) ? new URL(uri) : undefined
    if (parsed === undefined || !['ws:', 'wss:'].includes(parsed.protocol) || parsed.password !== '') {
      throw new InvalidInputError('A peer is given as a ws or wss URL without a password')
    }
    this.nodeId = parsed.username === '' ? undefined : readNodeId(parsed.username)
    this.host = parsed.host
    parsed.username = ''
    parsed.hash = ''
    this.url = parsed.href
  }
}

function readNodeId(text: string): Uint8Array {
  try {
    const id = decodeMultibase(text)
    if (isRegistryKey(id)) return id
  } catch {
    // Falls through: what was in the place of the id is not for an error message.
  }
  throw new InvalidInputError('What stands before the @ of a peer URI is a node id in base58')
}
