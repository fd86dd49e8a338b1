// Imports generated conversations in a process of its own, and reports what that cost.
import { randomBytes } from 'node:crypto'
import { createSdk } from '@s5-conversations/sdk-core'

const [portal = '', seedPhrase = '', ...sizes] = process.argv.slice(2)
const [conversations = 0, messages = 0, bytes = 0] = sizes.map(Number)

/** A file in pieces, which is never held as a whole. Its texts hardly deflate. */
async function* file() {
  for (let c = 0; c < conversations; c += 1) {
    yield `{"id":"conversation-${c}","title":"${c}","messages":[`
    for (let m = 0; m < messages; m += 1) {
      const content = randomBytes(bytes / 2).toString('hex')
      yield (m === 0 ? '' : ',') + JSON.stringify({ id: `m${m}`, role: 'user', content, createdAt: 1000 + m })
    }
    yield ']}\n'
  }
}

const sdk = await createSdk({ portals: [portal], seedPhrase })
const report = await sdk.storage.importConversations(file())
await sdk.close()
process.send?.({ report, commits: sdk.storage.getStats().saves })
process.disconnect?.()
