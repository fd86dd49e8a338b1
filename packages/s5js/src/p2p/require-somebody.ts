import { NoPortalsError } from '../errors/caller-errors'
import { NotConnectedError } from '../errors/peer-errors'
import type { PortalList } from '../portal/portal-list'
import type { PeerNetwork } from './peer-network'

/**
 * Somebody has to be there who can be asked now.
 * @throws NoPortalsError when the client knows neither portals nor peers
 * @throws NotConnectedError when it knows peers only, and none of them is connected
 */
export function requireSomebody(portals: PortalList, network: PeerNetwork): void {
  if (!portals.isEmpty || network.connections().length > 0) return
  throw network.isEmpty ? new NoPortalsError() : new NotConnectedError()
}
