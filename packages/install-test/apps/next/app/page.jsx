'use client'

import { createSdk, generateSeedPhrase } from '@s5-conversations/sdk-core'
import { useEffect, useState } from 'react'

async function saveAndLoad() {
  const portal = new URLSearchParams(location.search).get('portal')
  const sdk = await createSdk({ portals: [portal], seedPhrase: generateSeedPhrase() })
  await sdk.storage.appendMessage('packed', { role: 'user', content: 'from a client page' })
  const loaded = await sdk.storage.loadConversation('packed')
  await sdk.close()
  return loaded.messages[0].content
}

export default function Page() {
  const [loaded, setLoaded] = useState('')
  useEffect(() => {
    saveAndLoad().then(setLoaded, (error) => setLoaded(String(error)))
  }, [])
  return <output id="loaded">{loaded}</output>
}
