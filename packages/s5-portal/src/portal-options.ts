import { PortalStartError } from './start-error'

const DEFAULT_PORT = 5522
const DEFAULT_HOST = '127.0.0.1'
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
   * reverse proxy. Clients sign its host when they register and log in.
   */
  readonly publicUrl?: string
  /** When there are any, registering needs one of them as bearer token. @default [] */
  readonly inviteCodes?: readonly string[]
  /** The largest blob that is taken, in bytes. @default 35651584 (34 MiB) */
  readonly maxUploadBytes?: number
  /** Told of errors that are the portal's own, such as a full disk. They are answered with status 500. */
  readonly onError?: (error: unknown) => void
}

/** The options with their defaults, checked. */
export interface PortalSettings {
  readonly port: number
  readonly host: string
  readonly dataDir: string | undefined
  readonly publicHost: string | undefined
  readonly inviteCodes: readonly string[]
  readonly maxUploadBytes: number
  readonly onError: (error: unknown) => void
}

/** @throws PortalStartError `INVALID_OPTION` that names the option */
export function resolvePortalOptions(options: PortalOptions): PortalSettings {
  const { port = DEFAULT_PORT, maxUploadBytes = DEFAULT_MAX_UPLOAD_BYTES, inviteCodes = [] } = options
  requireValid(Number.isInteger(port) && port >= 0 && port <= 65_535, 'port must be a number from 0 to 65535')
  requireValid(
    Number.isSafeInteger(maxUploadBytes) && maxUploadBytes > 0,
    'maxUploadBytes must be a whole number above 0',
  )
  requireValid(
    inviteCodes.every((code) => /^\S+$/.test(code)),
    'inviteCodes must not be empty or contain spaces',
  )
  return {
    port,
    host: options.host ?? DEFAULT_HOST,
    dataDir: options.dataDir,
    publicHost: options.publicUrl === undefined ? undefined : hostOf(options.publicUrl),
    inviteCodes,
    maxUploadBytes,
    onError: options.onError ?? (() => {}),
  }
}

function hostOf(publicUrl: string): string {
  const isHttp = /^https?:\/\//i.test(publicUrl) && URL.canParse(publicUrl)
  requireValid(isHttp, 'publicUrl must be an http or https URL')
  return new URL(publicUrl).host
}

function requireValid(isValid: boolean, message: string): void {
  if (!isValid) throw new PortalStartError('INVALID_OPTION', message)
}
