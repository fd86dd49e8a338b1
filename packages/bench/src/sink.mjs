// A server that takes everything and does nothing. Its answers are as long as a portal's, and take the given ms.
import { createServer } from 'node:http'

const delayMs = Number(process.argv[2])
const ANSWER = JSON.stringify({ cid: 'b'.repeat(60) })
const server = createServer((request, response) => {
  request.resume()
  request.on('end', () => setTimeout(() => response.end(ANSWER), delayMs))
})
server.listen(0, '127.0.0.1', () => {
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  console.log(`http://127.0.0.1:${port}`)
})
