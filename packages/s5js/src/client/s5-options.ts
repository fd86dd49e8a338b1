import type { KeyValueStore } from '../store/key-value-store'

export interface S5CreateOptions {
  /** Portals to read from and write to, as http(s) URLs; only scheme, host and port count. */
  portals?: string[]
  /**
   * Peers of the S5 network, as `ws(s)://[node id@]host[:port]/s5/p2p`. A peer whose URI holds its node id
   * has to prove it. Each is dialled again whenever it is lost.
   */
  initialPeers?: string[]
  /** Where identity and portal tokens are kept between runs. @default nothing is kept */
  store?: KeyValueStore
  /** Do not load the identity that the store holds. @default false */
  skipIdentityLoad?: boolean
  /** The deadline of `create`, and of every call that sets none, in milliseconds. @default 30 000 */
  timeoutMs?: number
}
