import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { InvalidInputError } from '@s5-conversations/sdk-core'
import type { GatewayStorage } from './open-sdk'
import type { ServeOptions } from './serve-gateway'

const DEFAULT_PORTAL = 'http://127.0.0.1:5522'

/** What the command shows for `--help`. */
export const USAGE = `Usage: s5-gateway [options]

Serves conversations over HTTP. They are sealed with the seed phrase, and kept on S5 unless --store says otherwise.

  --port <number>           port to listen on, 0 for any free one (default 8787)
  --host <address>          address to listen on (default 127.0.0.1)
  --store <store>           s5, postgres://… or pglite:<folder> (default s5)
  --portal <url>            S5 portal; may be given several times (default ${DEFAULT_PORTAL})
  --public-url <url>        where clients reach the gateway (default: the address it listens on)
  --allowed-origin <url>    origin whose pages may use the gateway; may be given several times
  --generate <file>         module that exports \`generate\`, and \`tools\` if there are any, for chats and bots
  --help                    show this text
  --version                 show the version

Secrets come from the environment:
  S5_SEED_PHRASE            the 15 words of the gateway's identity; needed
  GATEWAY_SESSION_SECRET    signs sessions, 64 hex digits (default: fresh ones, sessions end with the process)
  GATEWAY_WEBHOOK_SECRET    signs requests of /webhook (default: there is no webhook)
  GATEWAY_TELEGRAM_SECRET   secret token of /telegram-webhook (default: there is none)`

const FLAGS = {
  port: { type: 'string', default: '8787' },
  host: { type: 'string' },
  store: { type: 'string', default: 's5' },
  portal: { type: 'string', multiple: true },
  'public-url': { type: 'string' },
  'allowed-origin': { type: 'string', multiple: true },
  generate: { type: 'string' },
  help: { type: 'boolean' },
  version: { type: 'boolean' },
} as const

type Environment = Readonly<Record<string, string | undefined>>

/** What the command line asks for. */
export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | {
      readonly kind: 'run'
      readonly storage: GatewayStorage
      readonly serve: Omit<ServeOptions, 'sdk'>
      /** URL of the module of `--generate`. */
      readonly generateFrom: string | undefined
    }

/** @throws InvalidInputError where flags or environment are not those of `USAGE` */
export function parseCommandLine(args: string[], env: Environment): Command {
  const flags = parseFlags(args)
  if (flags.help) return { kind: 'help' }
  if (flags.version) return { kind: 'version' }
  const { S5_SEED_PHRASE: seedPhrase } = env
  if (seedPhrase === undefined) throw new InvalidInputError('S5_SEED_PHRASE', 'is not in the environment')
  return {
    kind: 'run',
    storage: { store: flags.store, portals: flags.portal ?? [DEFAULT_PORTAL], seedPhrase },
    serve: {
      port: parsePort(flags.port),
      ...(flags.host !== undefined && { host: flags.host }),
      ...(flags['public-url'] !== undefined && { publicUrl: flags['public-url'] }),
      ...(flags['allowed-origin'] !== undefined && { allowedOrigins: flags['allowed-origin'] }),
      ...secretsOf(env),
    },
    generateFrom: flags.generate && pathToFileURL(resolve(flags.generate)).href,
  }
}

function secretsOf(
  env: Environment,
): Pick<ServeOptions, 'sessionSecret' | 'webhookSecret' | 'telegramSecret'> {
  const {
    GATEWAY_SESSION_SECRET: session,
    GATEWAY_WEBHOOK_SECRET: webhook,
    GATEWAY_TELEGRAM_SECRET: telegram,
  } = env
  if (session !== undefined && !/^([0-9a-f]{2}){32,}$/i.test(session)) {
    throw new InvalidInputError('GATEWAY_SESSION_SECRET', 'must be at least 64 hex digits')
  }
  return {
    ...(session !== undefined && { sessionSecret: Buffer.from(session, 'hex') }),
    ...(webhook !== undefined && { webhookSecret: webhook }),
    ...(telegram !== undefined && { telegramSecret: telegram }),
  }
}

function parseFlags(args: string[]) {
  try {
    return parseArgs({ args, options: FLAGS }).values
  } catch (cause) {
    const [sentence] = cause instanceof Error ? cause.message.split('. ') : ['']
    throw new InvalidInputError('command line', `${sentence} (see --help)`)
  }
}

function parsePort(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) < 65_536) return Number(text)
  throw new InvalidInputError('--port', 'must be a port number')
}
