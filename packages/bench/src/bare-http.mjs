import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { fileURLToPath } from 'node:url'
import { startServerProcess } from './server-process.mjs'

const SINK = fileURLToPath(new URL('./sink.mjs', import.meta.url))

/**
 * The floor: as many requests, of as many bytes, by node:http alone, to a server that does nothing and answers as
 * late as the portal. What is above it is the client's own work.
 * @param {{ requests: number, bytesUp: number, ms: number }} perAppend
 */
export async function openBareHttp({ requests, bytesUp, ms }) {
  const sink = await startServerProcess(SINK, String(ms / requests))
  const agent = new Agent({ keepAlive: true })
  const body = Buffer.alloc(bytesUp / requests)
  const sent = { requests: 0, bytesUp: 0 }
  let due = 0
  return {
    append: async () => {
      for (due += requests; due >= 1; due -= 1) {
        await post(sink.url, agent, body)
        sent.requests += 1
        sent.bytesUp += body.length
      }
    },
    stats: () => ({ ...sent }),
    close: async () => {
      agent.destroy()
      await sink.close()
    },
  }
}

/**
 * @param {string} url
 * @param {Agent} agent
 * @param {Buffer} body
 */
async function post(url, agent, body) {
  const sent = request(url, { method: 'POST', agent })
  sent.end(body)
  const [answer] = await once(sent, 'response')
  answer.resume()
  await once(answer, 'close')
}
