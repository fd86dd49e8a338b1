import { parseArgs } from 'node:util'
import type { PortalOptions } from './portal-options'
import { PortalStartError } from './start-error'

/** What the command shows for `--help`. */
export const USAGE = `Usage: s5-portal [options]

Runs a local S5 portal and node: blobs, registry and accounts over HTTP, peers over WebSockets.

  --port <number>              port to listen on, 0 for any free one (default 5522)
  --host <address>             address to listen on (default 127.0.0.1)
  --data-dir <folder>          keep everything in this folder (default: in memory only)
  --public-url <url>           the URL clients use, when the portal is behind a proxy
  --invite-code <code>         registering needs this code; may be given several times
  --max-upload-bytes <number>  largest blob that is taken (default 35651584)
  --peer <uri>                 keep a connection to this node, ws://…/s5/p2p; several times
  --faults                     let tests break it by /faults; on the loopback interface only
  --help                       show this text
  --version                    show the version`

const FLAGS = {
  port: { type: 'string' },
  host: { type: 'string' },
  'data-dir': { type: 'string' },
  'public-url': { type: 'string' },
  'invite-code': { type: 'string', multiple: true },
  'max-upload-bytes': { type: 'string' },
  peer: { type: 'string', multiple: true },
  faults: { type: 'boolean' },
  help: { type: 'boolean' },
  version: { type: 'boolean' },
} as const

/** What the command line asks for. */
export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'run'; readonly options: PortalOptions }

/** @throws PortalStartError `INVALID_OPTION` when the flags are not those of `USAGE` */
export function parseCommandLine(args: string[]): Command {
  const flags = parseFlags(args)
  if (flags.help) return { kind: 'help' }
  if (flags.version) return { kind: 'version' }
  const options = {
    ...numberOption('port', flags.port),
    ...(flags.host !== undefined && { host: flags.host }),
    ...(flags['data-dir'] !== undefined && { dataDir: flags['data-dir'] }),
    ...(flags['public-url'] !== undefined && { publicUrl: flags['public-url'] }),
    ...(flags['invite-code'] !== undefined && { inviteCodes: flags['invite-code'] }),
    ...numberOption('maxUploadBytes', flags['max-upload-bytes']),
    ...(flags.peer !== undefined && { peers: flags.peer }),
    ...(flags.faults !== undefined && { faults: flags.faults }),
  }
  return { kind: 'run', options }
}

function parseFlags(args: string[]) {
  try {
    return parseArgs({ args, options: FLAGS }).values
  } catch (cause) {
    const [sentence] = cause instanceof Error ? cause.message.split('. ') : ['']
    throw new PortalStartError('INVALID_OPTION', `${sentence} (see --help)`, { cause })
  }
}

function numberOption(name: 'port' | 'maxUploadBytes', text: string | undefined): PortalOptions {
  if (text === undefined) return {}
  return { [name]: /^\d+$/.test(text) ? Number(text) : Number.NaN }
}
