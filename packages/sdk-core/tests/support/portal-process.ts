import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const COMMAND = fileURLToPath(new URL('../../../s5-portal/bin/s5-portal.js', import.meta.url))
const BUILT = fileURLToPath(new URL('../../../s5-portal/dist/cli.js', import.meta.url))

/** The built `s5-portal` command, as a process that can be killed and started again on the same port. */
export class PortalProcess {
  readonly #dataDir: string
  readonly #flags: readonly string[]
  #child: ChildProcess | undefined
  #port = 0

  constructor(dataDir: string, flags: readonly string[] = []) {
    if (!existsSync(BUILT)) throw new Error('s5-portal is not built: run `npm run build` first')
    this.#dataDir = dataDir
    this.#flags = flags
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  /** Resolves when the portal says that it is ready. */
  async start(): Promise<void> {
    const args = [COMMAND, '--port', String(this.#port), '--data-dir', this.#dataDir, ...this.#flags]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    this.#child = child
    for await (const line of createInterface({ input: child.stdout })) {
      const [, port] = /http:\/\/127\.0\.0\.1:(\d+)/.exec(line) ?? []
      if (port === undefined) continue
      this.#port = Number(port)
      child.stdout.resume()
      return
    }
    throw new Error('s5-portal ended before it was ready')
  }

  /** `kill -9`: the process gets no chance to write anything. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  /** `kill -9`, and a new start with an empty disk. */
  async empty(): Promise<void> {
    await this.kill()
    await rm(this.#dataDir, { recursive: true, force: true })
    await this.start()
  }

  async close(): Promise<void> {
    await this.#end('SIGTERM')
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child
    this.#child = undefined
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill(signal)
    await exited
  }
}
