import type { PortalSession } from './portal-session'

/** The open sessions, one for each host, in the order they were first opened. */
export class PortalSessions {
  readonly #sessionByHost = new Map<string, PortalSession>()

  get isEmpty(): boolean {
    return this.#sessionByHost.size === 0
  }

  has(host: string): boolean {
    return this.#sessionByHost.has(host)
  }

  all(): PortalSession[] {
    return [...this.#sessionByHost.values()]
  }

  /** Takes the place of the host's session, if there was one. */
  open(session: PortalSession): void {
    this.#sessionByHost.get(session.portal.host)?.close()
    this.#sessionByHost.set(session.portal.host, session)
  }

  close(host: string): void {
    this.#sessionByHost.get(host)?.close()
    this.#sessionByHost.delete(host)
  }

  closeAll(): void {
    for (const host of this.#sessionByHost.keys()) this.close(host)
  }
}
