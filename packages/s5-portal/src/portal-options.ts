import type { FaultPlan } from './faults/fault-plan'
import { findWrongFault } from './faults/fault-plan'
import { type ClientLimits, isLoopback } from './limits/client-limits'
import { type PortalLog, SILENT_LOG } from './portal-log'
import { PortalStartError } from './start-error'

const DEFAULT_PORT = 5522
const DEFAULT_HOST = '127.0.0.1'
const DEFAULT_PEER_WAIT_MS = 250
const DEFAULT_MAX_UPLOAD_BYTES = 34 * 1024 * 1024

/** How to run a portal. Everything may be left out. */
export interface PortalOptions {
  /** 0 takes any free port. @default 5522 */
  readonly port?: number
  /** The address to listen on. @default '127.0.0.1' */
  readonly host?: string
  /** The folder for everything that is kept; without it, everything is in memory and gone with the portal. */
  readonly dataDir?: string
  /**
   * The URL by which clients know the portal, when that is not the `Host` header that reaches it: behind a
   * reverse proxy. Clients sign its host when they register and log in, and blobs are announced under it.
   */
  readonly publicUrl?: string
  /** When there are any, registering needs one of them as bearer token. @default [] */
  readonly inviteCodes?: readonly string[]
  /** The largest blob that is taken, in bytes. @default 35651584 (34 MiB) */
  readonly maxUploadBytes?: number
  /**
   * The URIs of other nodes, `ws://host:port/s5/p2p`, to which connections are kept. Portals of this kind that
   * are configured with each other converge: all have the newest entries, and the blobs that accounts pin.
   *
   * @default []
   */
  readonly peers?: readonly string[]
  /** How long peers are waited for, in milliseconds, before something is said to be absent. @default 250 */
  readonly peerWaitMs?: number
  /** Changes to what every client may use. @default generous for this machine, modest for others */
  readonly limits?: Partial<ClientLimits>
  /** Lets the portal misbehave on command; refused unless it listens on the loopback interface. @default false */
  readonly faults?: boolean | FaultPlan
  /** Told what the portal does; a pino logger will do. */
  readonly log?: PortalLog
  /** Told of errors that are the portal's own, such as a full disk. They are answered with status 500 or 507. */
  readonly onError?: (error: unknown) => void
}

/** The options with their defaults, checked. */
export interface PortalSettings {
  readonly port: number
  readonly host: string
  readonly dataDir: string | undefined
  readonly publicHost: string | undefined
  /** Without a slash at the end. */
  readonly publicUrl: string | undefined
  readonly inviteCodes: readonly string[]
  readonly maxUploadBytes: number
  readonly peers: readonly string[]
  readonly peerWaitMs: number
  readonly limits: Partial<ClientLimits>
  /** `undefined`: the switches are not there. */
  readonly faults: FaultPlan | undefined
  readonly log: PortalLog
  readonly onError: (error: unknown) => void
}

const OPTIONS: Readonly<Record<keyof PortalOptions, true>> = {
  port: true,
  host: true,
  dataDir: true,
  publicUrl: true,
  inviteCodes: true,
  maxUploadBytes: true,
  peers: true,
  peerWaitMs: true,
  limits: true,
  faults: true,
  log: true,
  onError: true,
}
const LIMITS: Readonly<Record<keyof ClientLimits, true>> = {
  connections: true,
  requestsPerSecond: true,
  uploads: true,
  messagesPerSecond: true,
  challenges: true,
}

/** @throws PortalStartError `INVALID_OPTION` that names the option */
export function resolvePortalOptions(options: PortalOptions): PortalSettings {
  requireKnown(options, OPTIONS, '')
  requireKnown(options.limits ?? {}, LIMITS, 'limits.')
  const settings = withDefaults(options)
  requireNumbers(settings)
  requireValid(
    settings.inviteCodes.every((code) => /^\S+$/.test(code)),
    'inviteCodes must not be empty or contain spaces',
  )
  requireValid(settings.peers.every(isPeerUri), 'peers must be ws or wss URLs')
  if (settings.faults !== undefined) requireFaults(settings.faults, settings.host)
  return settings
}

function withDefaults(options: PortalOptions): PortalSettings {
  const { publicUrl, faults = false } = options
  return {
    port: options.port ?? DEFAULT_PORT,
    host: options.host ?? DEFAULT_HOST,
    dataDir: options.dataDir,
    publicHost: publicUrl === undefined ? undefined : hostOf(publicUrl),
    publicUrl: publicUrl?.replace(/\/+$/, ''),
    inviteCodes: options.inviteCodes ?? [],
    maxUploadBytes: options.maxUploadBytes ?? DEFAULT_MAX_UPLOAD_BYTES,
    peers: [...new Set(options.peers)],
    peerWaitMs: options.peerWaitMs ?? DEFAULT_PEER_WAIT_MS,
    limits: options.limits ?? {},
    faults: faults === true ? {} : faults || undefined,
    log: options.log ?? SILENT_LOG,
    onError: options.onError ?? (() => {}),
  }
}

/** A misspelt `dataDir` would keep everything in memory. */
function requireKnown(options: object, known: object, path: string): void {
  for (const name of Object.keys(options)) {
    requireValid(Object.hasOwn(known, name), `${path}${name} is not an option`)
  }
}

function requireNumbers({ port, maxUploadBytes, peerWaitMs, limits }: PortalSettings): void {
  requireValid(Number.isInteger(port) && port >= 0 && port <= 65_535, 'port must be a number from 0 to 65535')
  requireValid(
    Number.isSafeInteger(maxUploadBytes) && maxUploadBytes > 0,
    'maxUploadBytes must be a whole number above 0',
  )
  requireValid(peerWaitMs >= 0 && peerWaitMs <= 60_000, 'peerWaitMs must be a number from 0 to 60000')
  requireValid(
    Object.values(limits).every((limit) => limit > 0),
    'limits must be numbers above 0',
  )
}

/** A portal that loses what it acknowledged must not be one that others rely on. */
function requireFaults(plan: FaultPlan, host: string): void {
  requireValid(isLoopback(host), 'faults are for portals that listen on the loopback interface')
  const wrong = findWrongFault({ ...plan })
  requireValid(wrong === undefined, `faults.${wrong} is not a fault, or not a value for it`)
}

function isPeerUri(uri: string): boolean {
  return /^wss?:\/\/[^/]/i.test(uri) && URL.canParse(uri) && new URL(uri).hash === ''
}

function hostOf(publicUrl: string): string {
  const isHttp = /^https?:\/\//i.test(publicUrl) && URL.canParse(publicUrl)
  requireValid(isHttp, 'publicUrl must be an http or https URL')
  return new URL(publicUrl).host
}

function requireValid(isValid: boolean, message: string): void {
  if (!isValid) throw new PortalStartError('INVALID_OPTION', message)
}
