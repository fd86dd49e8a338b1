// A client without manners: node flood.mjs <port> <local address>. Pipelines requests on four connections,
// sends forged entries on two sockets, and comes back whenever it is cut off.
import { connect } from 'node:net'
import { WebSocket } from 'ws'

const [port = 0, localAddress = ''] = [Number(process.argv[2]), process.argv[3]]
const publicKey = Buffer.concat([Buffer.of(0xed), Buffer.alloc(32, 1)])
const requests = `GET /s5/registry?pk=${publicKey.toString('base64url')} HTTP/1.1\r\nHost: a\r\n\r\n`.repeat(
  50,
)
const forged = Buffer.concat([
  Buffer.of(7),
  publicKey,
  Buffer.alloc(8, 0),
  Buffer.of(33),
  Buffer.alloc(97, 1),
])
const AGAIN_MS = 5

function floodWithRequests() {
  const socket = connect({ port, host: '127.0.0.1', localAddress })
  const send = () => {
    while (socket.write(requests));
  }
  socket.on('error', () => {})
  socket.on('connect', send).on('drain', send).resume()
  socket.on('close', () => setTimeout(floodWithRequests, AGAIN_MS))
}

function floodWithEntries() {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/s5/p2p`, { localAddress, perMessageDeflate: false })
  const send = () => {
    while (socket.bufferedAmount < 100_000) socket.send(forged)
    timer = setTimeout(send, 1)
  }
  /** @type {NodeJS.Timeout | undefined} */
  let timer
  socket.on('error', () => {})
  socket.on('open', send)
  socket.on('close', () => {
    clearTimeout(timer)
    setTimeout(floodWithEntries, AGAIN_MS)
  })
}

for (let count = 0; count < 4; count++) floodWithRequests()
for (let count = 0; count < 2; count++) floodWithEntries()
