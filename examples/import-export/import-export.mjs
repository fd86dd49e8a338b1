// Imports a file of conversations (ChatGPT's conversations.json, ShareGPT, or an export of this SDK), and exports
// all there are. Start a portal first: `npm start`.
import { createReadStream, createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { createSdk, generateSeedPhrase } from '@s5-conversations/sdk-core'

const [, , source, target, portal = 'http://127.0.0.1:5522'] = process.argv
if (source === undefined || target === undefined) {
  console.error('Usage: node import-export.mjs <file to import> <file to export to> [portal]')
  process.exit(2)
}
const sdk = await createSdk({
  portals: [portal],
  seedPhrase: process.env.SEED_PHRASE ?? generateSeedPhrase(),
})

const report = await sdk.storage.importConversations(createReadStream(source), {
  onProgress: ({ bytes, messages }) =>
    process.stderr.write(`\r${bytes} bytes read, ${messages} messages added `),
})
console.log(
  `\n${report.conversations} conversations, ${report.messages} messages; ${report.skipped} were there`,
)
for (const { line, index, reason } of report.failed) {
  console.log(`Line ${line}, record ${index}: ${reason}`)
}

await pipeline(sdk.storage.exportConversations(), createWriteStream(target))
await sdk.close()
