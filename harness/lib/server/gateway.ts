import { createGateway, type Gateway } from '@s5-conversations/gateway'
import { createSdk } from '@s5-conversations/sdk-core'
import { portalUrl } from '../server-config'
import { gatewaySeedPhrase } from './gateway-identity'

const DEFAULT_PORT = '3006'

let opening: Promise<Gateway> | undefined

/**
 * The gateway of this server, on the local portal: opened by the first request, and again after a failure.
 * @throws as `createSdk`
 */
export function gateway(): Promise<Gateway> {
  opening ??= open().catch((error: unknown) => {
    opening = undefined
    throw error
  })
  return opening
}

async function open(): Promise<Gateway> {
  const sdk = await createSdk({ portals: [portalUrl()], seedPhrase: await gatewaySeedPhrase() })
  return createGateway({ sdk, publicUrl: `${publicOrigin()}/api/gateway` })
}

/** Where browsers find this server: wallets sign in to that host. */
function publicOrigin(): string {
  return process.env.HARNESS_URL ?? `http://localhost:${process.env.PORT ?? DEFAULT_PORT}`
}
