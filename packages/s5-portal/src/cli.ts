import { resolve } from 'node:path'
import { inspect } from 'node:util'
import { version } from '../package.json'
import { parseCommandLine, USAGE } from './cli-options'
import { createPortal } from './create-portal'
import type { PortalOptions } from './portal-options'
import { PortalStartError } from './start-error'

async function main(args: string[]): Promise<void> {
  const command = parseCommandLine(args)
  if (command.kind === 'help') console.log(USAGE)
  else if (command.kind === 'version') console.log(version)
  else await run(command.options)
}

async function run(options: PortalOptions): Promise<void> {
  const portal = await createPortal({ ...options, onError: (error) => console.error(describe(error)) })
  const stop = () => void portal.close().catch(fail)
  // Once: a second signal ends the process at once, which loses nothing that was acknowledged.
  process.once('SIGINT', stop).once('SIGTERM', stop)
  console.log(`S5 portal ready at ${portal.url}`)
  console.log(`Peers reach it at ${portal.peerUri}`)
  if (options.publicUrl !== undefined) console.log(`Known to clients as ${options.publicUrl}`)
  console.log(
    options.dataDir === undefined ? 'Keeping everything in memory' : `Data in ${resolve(options.dataDir)}`,
  )
  console.log('Stop with Ctrl+C')
}

function fail(error: unknown): void {
  console.error(`s5-portal: ${describe(error)}`)
  process.exitCode = 1
}

function describe(error: unknown): string {
  return error instanceof PortalStartError ? error.message : inspect(error)
}

main(process.argv.slice(2)).catch(fail)
