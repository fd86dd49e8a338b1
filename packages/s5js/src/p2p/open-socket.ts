import { nodeCrypto } from '../crypto/ed25519-node'
import { MAX_MESSAGE_BYTES } from './decode-message'

/** How often a socket in Node asks whether the other side is still there. */
const HEARTBEAT_MS = 20_000
const NODE_OPTIONS = {
  maxPayload: MAX_MESSAGE_BYTES,
  perMessageDeflate: false,
  followRedirects: false,
  skipUTF8Validation: true,
  // How long a peer may leave our closing of the socket unanswered.
  closeTimeout: 2_000,
}

interface NodeWebSocket extends WebSocket {
  ping(): void
  terminate(): void
  on(event: 'pong', listener: () => void): void
}

/** The part of the package ws that is used; the sources do not depend on Node's types. */
interface WsModule {
  WebSocket: new (url: string, protocols: string[], options: typeof NODE_OPTIONS) => NodeWebSocket
}

/** A socket that is being opened: the platform's in browsers, that of ws in Node, which bounds what it reads. */
export async function openSocket(url: string): Promise<WebSocket> {
  const socket = nodeCrypto() === undefined ? new WebSocket(url) : await openNodeSocket(url)
  socket.binaryType = 'arraybuffer'
  return socket
}

async function openNodeSocket(url: string): Promise<WebSocket> {
  // The cast hides the name from the type checker, not from bundlers: its types would bring in all of Node's.
  const ws: WsModule = await import('ws' as string)
  const socket = new ws.WebSocket(url, [], NODE_OPTIONS)
  socket.addEventListener('open', () => keepAlive(socket), { once: true })
  return socket
}

// A peer that vanished without a word would look connected for ever. Browsers have no ping; they use TCP's.
function keepAlive(socket: NodeWebSocket): void {
  let isAlive = true
  const timer = setInterval(() => {
    if (!isAlive) return socket.terminate()
    isAlive = false
    socket.ping()
  }, HEARTBEAT_MS)
  socket.on('pong', () => {
    isAlive = true
  })
  socket.addEventListener('close', () => clearInterval(timer), { once: true })
}
