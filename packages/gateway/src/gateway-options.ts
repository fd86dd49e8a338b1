import { randomBytes } from 'node:crypto'
import {
  type GenerateStep,
  InvalidInputError,
  type Logger,
  type Sdk,
  type Tools,
} from '@s5-conversations/sdk-core'

/** What a gateway serves, to whom, and within which limits. */
export interface GatewayOptions {
  /** Keeps the conversations of all who sign in; not closed with the gateway. */
  sdk: Sdk
  /** Where clients reach the gateway: wallets sign in to this host, cookies are secure where it is https. */
  publicUrl: string
  /** Other origins whose pages may use the gateway, such as `https://app.example`. @default none */
  allowedOrigins?: readonly string[]
  /** Signs sessions; at least 32 bytes. @default fresh ones: sessions end with the process */
  sessionSecret?: Uint8Array
  /** How long a sign-in lasts, in ms. @default 12 hours */
  sessionMs?: number
  /** Answers messages of `/chat` and of the webhooks. @default there are none of these */
  generate?: GenerateStep
  /** What `generate` may call. Their input is to be trusted as little as the user. @default nothing */
  tools?: Tools
  /** Signs the requests of `/webhook`. @default there is none */
  webhookSecret?: string
  /** The secret token of `/telegram-webhook`. @default there is none */
  telegramSecret?: string
  /** Largest body, in bytes. @default 8 MiB */
  maxBodyBytes?: number
  /** Requests of one client address; four seconds' worth may come at once. @default 50 */
  requestsPerSecond?: number
  /** Streams of events that one account may have open. @default 16 */
  maxEventStreams?: number
  logger?: Logger
  /** ms since 1970. @default the system's clock */
  now?: () => number
}

type Optional = 'generate' | 'webhookSecret' | 'telegramSecret'

/** Checked options, and the defaults of those that were left out. */
export type GatewayConfig = Required<Omit<GatewayOptions, 'publicUrl' | Optional>> &
  Pick<GatewayOptions, Optional> & { publicUrl: URL }

/** A secret that can be guessed protects nothing. */
const MIN_SECRET_LENGTH = 16
const SILENT: Logger = { debug: () => {}, warn: () => {} }

const OPTIONS: Readonly<Record<keyof GatewayOptions, true>> = {
  sdk: true,
  publicUrl: true,
  allowedOrigins: true,
  sessionSecret: true,
  sessionMs: true,
  generate: true,
  tools: true,
  webhookSecret: true,
  telegramSecret: true,
  maxBodyBytes: true,
  requestsPerSecond: true,
  maxEventStreams: true,
  logger: true,
  now: true,
}

/** @throws InvalidInputError */
export function parseGatewayOptions(options: GatewayOptions): GatewayConfig {
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(OPTIONS, name)) throw new InvalidInputError(name, 'is not an option')
  }
  const { publicUrl, sessionSecret = randomBytes(32), webhookSecret, telegramSecret } = options
  if (!URL.canParse(publicUrl) || !/^https?:$/.test(new URL(publicUrl).protocol)) {
    throw new InvalidInputError('publicUrl', 'must be an http or https URL')
  }
  if (sessionSecret.length < 32) throw new InvalidInputError('sessionSecret', 'must be at least 32 bytes')
  for (const name of LIMITS) refuseNoLimit(name, options[name])
  refuseShort('webhookSecret', webhookSecret)
  refuseShort('telegramSecret', telegramSecret)
  return {
    allowedOrigins: [],
    sessionMs: 12 * 60 * 60_000,
    tools: {},
    maxBodyBytes: 8 * 1024 * 1024,
    requestsPerSecond: 50,
    maxEventStreams: 16,
    logger: SILENT,
    now: Date.now,
    ...options,
    sessionSecret,
    publicUrl: new URL(publicUrl),
  }
}

const LIMITS = ['sessionMs', 'maxBodyBytes', 'requestsPerSecond', 'maxEventStreams'] as const

/** Nothing is ever more than NaN. */
function refuseNoLimit(name: string, limit: number | undefined): void {
  if (limit !== undefined && !(limit > 0)) throw new InvalidInputError(name, 'must be a number above 0')
}

function refuseShort(name: string, secret: string | undefined): void {
  if (secret !== undefined && secret.length < MIN_SECRET_LENGTH) {
    throw new InvalidInputError(name, `must be at least ${MIN_SECRET_LENGTH} characters`)
  }
}
