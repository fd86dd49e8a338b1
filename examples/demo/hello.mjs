// Saves a conversation on a portal and reads it back. Start a portal first: `npm start`.
import { createSdk, generateSeedPhrase } from '@s5-conversations/sdk-core'

const portal = process.argv[2] ?? 'http://127.0.0.1:5522'
const seedPhrase = generateSeedPhrase() // the owner's only key: keep it, and show it to nobody

const sdk = await createSdk({ portals: [portal], seedPhrase })
await sdk.saveConversation({
  id: 'trip-to-basel',
  title: 'A trip to Basel',
  messages: [{ role: 'user', content: 'When does the next train leave?' }],
})
await sdk.storage.appendMessage('trip-to-basel', { role: 'assistant', content: 'At 14:02, from track 15.' })
await sdk.close()

const anotherDevice = await createSdk({ portals: [portal], seedPhrase })
const conversation = await anotherDevice.storage.loadConversation('trip-to-basel')
for (const { role, content } of conversation?.messages ?? []) console.log(`${role}: ${content}`)
await anotherDevice.close()
