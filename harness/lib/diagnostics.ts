import type { Harness } from './sdk/harness'

/** What somebody who helps needs to know: no key, no phrase, no title, no word of a conversation. */
export async function diagnosticReport({ address, config, identity, sdk }: Harness): Promise<string> {
  const report = {
    at: new Date().toISOString(),
    page: location.pathname,
    browser: navigator.userAgent,
    online: navigator.onLine,
    portal: config.portalUrl,
    identity: identity.kind,
    wallet: address === undefined ? undefined : `${address.slice(0, 6)}…`,
    auth: sdk.auth.getState().status,
    sync: sdk.outbox?.getStatus(),
    stats: sdk.storage.getStats(),
    notifications: sdk.notifications.getStats(),
    room: await navigator.storage?.estimate(),
  }
  return JSON.stringify(report, undefined, 2)
}
