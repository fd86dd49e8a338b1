import { createPortal } from '@s5-conversations/s5-portal'
import { onTestFinished } from 'vitest'
import { S5, type S5CreateOptions } from '../../src/index'
import { createPortalProxy, type PortalProxy } from './portal-proxy'

type Portal = Awaited<ReturnType<typeof createPortal>>

/** A real portal in memory, gone after the test. */
export async function startPortal(options: Parameters<typeof createPortal>[0] = {}): Promise<Portal> {
  const portal = await createPortal({ port: 0, ...options })
  onTestFinished(() => portal.close())
  return portal
}

/** A network hop before a portal, or before nothing. */
export async function startProxy(targetUrl?: string): Promise<PortalProxy> {
  const proxy = await createPortalProxy(targetUrl)
  onTestFinished(() => proxy.close())
  return proxy
}

/** A portal that can only be reached through a network that may fail. */
export async function startFaultyPortal(): Promise<PortalProxy> {
  return startProxy((await startPortal()).url)
}

export async function createClient(options: S5CreateOptions): Promise<S5> {
  const s5 = await S5.create(options)
  onTestFinished(() => s5.close())
  return s5
}

/** A device of the user of this phrase, with an account on the portal. */
export async function createDevice(url: string, phrase: string, options: S5CreateOptions = {}): Promise<S5> {
  const s5 = await createClient({ portals: [url], ...options })
  await s5.recoverIdentityFromSeedPhrase(phrase)
  await s5.ensurePortalAccount(url)
  return s5
}

/** A device of a new user. */
export async function createUser(url: string, options: S5CreateOptions = {}): Promise<S5> {
  const s5 = await createClient({ portals: [url], ...options })
  await s5.recoverIdentityFromSeedPhrase(s5.generateSeedPhrase())
  await s5.ensurePortalAccount(url)
  return s5
}
