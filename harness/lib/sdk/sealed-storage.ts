import { type DBSchema, openDB } from 'idb'

interface SealedDatabase extends DBSchema {
  keys: { key: string; value: CryptoKey }
  secrets: { key: string; value: { nonce: Uint8Array<ArrayBuffer>; sealed: ArrayBuffer } }
}

/**
 * Secrets of this browser profile: sealed by an AES-GCM key that no script can read out, so that the disk never
 * holds them in clear. Whoever can run scripts in this page can use the key.
 */
export const sealedStorage = {
  async keep(name: string, secret: string): Promise<void> {
    const nonce = crypto.getRandomValues(new Uint8Array(12))
    const sealed = await crypto.subtle.encrypt(
      { name: 'AES-GCM', iv: nonce },
      await deviceKey(),
      new TextEncoder().encode(secret),
    )
    await (await open()).put('secrets', { nonce, sealed }, name)
  },

  async read(name: string): Promise<string | undefined> {
    const kept = await (await open()).get('secrets', name)
    if (kept === undefined) return undefined
    const cipher = { name: 'AES-GCM', iv: kept.nonce }
    return new TextDecoder().decode(await crypto.subtle.decrypt(cipher, await deviceKey(), kept.sealed))
  },

  async forget(name: string): Promise<void> {
    await (await open()).delete('secrets', name)
  },
}

function open() {
  return openDB<SealedDatabase>('s5-harness', 1, {
    upgrade: (database) => {
      database.createObjectStore('keys')
      database.createObjectStore('secrets')
    },
  })
}

async function deviceKey(): Promise<CryptoKey> {
  const database = await open()
  const known = await database.get('keys', 'device')
  if (known !== undefined) return known
  const fresh = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, [
    'encrypt',
    'decrypt',
  ])
  const transaction = database.transaction('keys', 'readwrite')
  const chosen = (await transaction.store.get('device')) ?? fresh // another tab may have been faster
  await transaction.store.put(chosen, 'device')
  await transaction.done
  return chosen
}
