import { inspect } from 'node:util'
import { type Logger, SDKError } from '@s5-conversations/sdk-core'
import { version } from '../package.json'
import { type Command, parseCommandLine, USAGE } from './cli-options'
import type { GatewayOptions } from './gateway-options'
import { openSdk } from './open-sdk'
import { serveGateway } from './serve-gateway'

/** Says on the error output what an operator should know. */
const LOG: Logger = {
  debug: () => {},
  warn: (fields, message) =>
    console.error(message, inspect(fields, { breakLength: Number.POSITIVE_INFINITY })),
}

async function main(args: string[]): Promise<void> {
  const command = parseCommandLine(args, process.env)
  if (command.kind === 'help') console.log(USAGE)
  else if (command.kind === 'version') console.log(version)
  else await run(command)
}

async function run({ storage, serve, generateFrom }: Extract<Command, { kind: 'run' }>): Promise<void> {
  const bot = await loadBot(generateFrom)
  const opened = await openSdk(storage, LOG)
  try {
    const gateway = await serveGateway({ ...serve, ...bot, sdk: opened.sdk, logger: LOG })
    const stop = () =>
      void gateway
        .close()
        .then(() => opened.close())
        .catch(fail)
    // Once: a second signal ends the process at once, which loses nothing that was acknowledged.
    process.once('SIGINT', stop).once('SIGTERM', stop)
    console.log(`S5 gateway ready at ${gateway.url}`)
  } catch (error) {
    await opened.close()
    throw error
  }
}

async function loadBot(url: string | undefined): Promise<Pick<GatewayOptions, 'generate' | 'tools'>> {
  if (url === undefined) return {}
  const { generate, tools } = (await import(url)) as Pick<GatewayOptions, 'generate' | 'tools'>
  if (typeof generate !== 'function') throw new Error(`${url} exports no function "generate"`)
  return { generate, ...(tools === undefined ? {} : { tools }) }
}

function fail(error: unknown): void {
  console.error(`s5-gateway: ${error instanceof SDKError ? error.message : inspect(error)}`)
  process.exitCode = 1
}

main(process.argv.slice(2)).catch(fail)
