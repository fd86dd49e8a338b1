import { NoPortalsError } from '../errors/caller-errors'
import { Portal } from './portal'

/** The portals a client asks, in the order it came to know them; each host once. */
export class PortalList {
  readonly #portalByHost = new Map<string, Portal>()

  constructor(urls: readonly string[]) {
    for (const url of urls) this.add(new Portal(url))
  }

  get isEmpty(): boolean {
    return this.#portalByHost.size === 0
  }

  /** The portal of that host that is in the list now. */
  add(portal: Portal): Portal {
    const known = this.#portalByHost.get(portal.host) ?? portal
    this.#portalByHost.set(portal.host, known)
    return known
  }

  has(host: string): boolean {
    return this.#portalByHost.has(host)
  }

  remove(portal: Portal): void {
    this.#portalByHost.delete(portal.host)
  }

  all(): Portal[] {
    return [...this.#portalByHost.values()]
  }

  /** @throws NoPortalsError */
  some(): Portal[] {
    if (this.isEmpty) throw new NoPortalsError()
    return this.all()
  }
}
