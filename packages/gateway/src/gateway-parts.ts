import { ConversationEngine } from '@s5-conversations/sdk-core'
import type { Context } from 'hono'
import { Nonces } from './auth/nonces'
import { Sessions } from './auth/sessions'
import type { GatewayConfig } from './gateway-options'
import { RateLimit } from './http/rate-limit'
import type { OwnerStorage } from './owner-storage'

/** What routes work with. */
export interface GatewayParts {
  readonly config: GatewayConfig
  readonly nonces: Nonces
  readonly sessions: Sessions
  readonly rateLimit: RateLimit
  readonly engine: ConversationEngine
  /** Ends all streams of events. */
  readonly closing: AbortSignal
}

export interface GatewayEnv {
  Variables: {
    /** The address of who has signed in, in lower case; set behind the guard only. */
    owner: string
    storage: OwnerStorage
  }
}

export type GatewayContext = Context<GatewayEnv>

export function createParts(config: GatewayConfig, closing: AbortSignal): GatewayParts {
  const {
    sessionSecret: secret,
    sessionMs: lifetimeMs,
    now,
    publicUrl,
    requestsPerSecond,
    sdk,
    logger,
  } = config
  return {
    config,
    closing,
    nonces: new Nonces(secret, now),
    sessions: new Sessions({ secret, audience: publicUrl.origin, lifetimeMs, now }),
    rateLimit: new RateLimit(requestsPerSecond, now),
    engine: new ConversationEngine({ storage: sdk.storage, logger }),
  }
}
