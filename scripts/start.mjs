// `npm start`: the local portal, and what to do with it.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const command = fileURLToPath(new URL('../packages/s5-portal/bin/s5-portal.js', import.meta.url))
const args = process.argv.length > 2 ? process.argv.slice(2) : ['--port', '5522', '--data-dir', '.s5']

const portal = spawn(process.execPath, [command, ...args], { stdio: ['inherit', 'pipe', 'inherit'] })
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM']))
  process.on(signal, () => portal.kill(signal))
portal.on('exit', (code) => {
  process.exitCode = code ?? 1
})
for await (const line of createInterface({ input: portal.stdout })) {
  console.log(line)
  if (line.startsWith('Stop with'))
    console.log('Next: `node examples/demo/hello.mjs` in another terminal saves and loads a conversation')
}
