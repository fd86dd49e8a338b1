import type { PeerConnection } from './peer-connection'

const MIN_PATIENCE_MS = 50
/** How long a peer is given where everybody else has failed, in milliseconds. */
export const MAX_PATIENCE_MS = 1_000
const ROUND_TRIPS = 4

/**
 * How long a peer is given that may have nothing to say, in milliseconds, where silence is not taken for an
 * answer: four times what its handshake took, from 50 ms to 1 s.
 */
export function peerPatienceMs({ roundTripMs }: PeerConnection): number {
  return Math.min(MAX_PATIENCE_MS, Math.max(MIN_PATIENCE_MS, ROUND_TRIPS * roundTripMs))
}
