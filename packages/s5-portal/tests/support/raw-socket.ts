import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** A connection on which a test can misbehave. */
export interface RawConnection {
  readonly socket: Socket
  /** @returns everything the server sent, once it has closed the connection */
  readonly received: Promise<string>
  /** Resolves once the server has sent something that matches. */
  waitFor(pattern: RegExp): Promise<string>
}

export async function connectRaw(port: number): Promise<RawConnection> {
  const socket = connect(port, '127.0.0.1')
  let text = ''
  socket.on('data', (piece) => {
    text += piece.toString('latin1')
  })
  socket.on('error', () => {})
  const received = once(socket, 'close').then(() => text)
  await once(socket, 'connect')
  const waitFor = async (pattern: RegExp) => {
    while (!pattern.test(text)) await Promise.race([once(socket, 'data'), received.then(failClosed)])
    return text
  }
  return { socket, received, waitFor }
}

function failClosed(text: string): never {
  throw new Error(`the server closed the connection after: ${text}`)
}

/** Sends raw text and gives the whole answer; the text should ask for `Connection: close`. */
export async function exchangeRaw(port: number, text: string): Promise<string> {
  const { socket, received } = await connectRaw(port)
  socket.write(text)
  return received
}
