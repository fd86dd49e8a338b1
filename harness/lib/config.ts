/** What the page has to know of the machine that it was served from. */
export interface HarnessConfig {
  /** The portal that the browser talks to. */
  portalUrl: string
  /** Who answers in chats. */
  model: { provider: string; name: string; isDemo: boolean }
}

/** @throws Error where the harness's own server does not answer */
export async function fetchConfig(): Promise<HarnessConfig> {
  const answer = await fetch('/api/config', { cache: 'no-store' })
  if (!answer.ok) throw new Error(`The harness answered ${answer.status} when asked for its configuration.`)
  return answer.json()
}
