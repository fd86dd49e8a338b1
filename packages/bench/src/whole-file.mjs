import { createRegistryEntry, generateSeedPhrase, S5 } from '@s5-dev/s5js'

/**
 * The baseline: what an SDK does that keeps a conversation in one file and writes all of it for each append.
 * Same client, same portal, same acknowledgements; without sealing and without a list.
 * @param {string} portal
 */
export async function openWholeFile(portal) {
  const s5 = await S5.create({ portals: [portal] })
  await s5.recoverIdentityFromSeedPhrase(generateSeedPhrase())
  await s5.ensurePortalAccount(portal)
  const keyPair = await s5.crypto.newKeyPairEd25519(s5.crypto.generateSecureRandomBytes(32))
  /** @type {object[]} */
  const messages = []
  return {
    /** @param {object} message */
    append: async (message) => {
      messages.push(message)
      const blob = await s5.api.uploadBlob(new TextEncoder().encode(JSON.stringify({ messages })))
      const entry = await createRegistryEntry({ keyPair, data: blob.hash33, revision: messages.length })
      await s5.api.registrySet(entry)
    },
    stats: () => s5.getTransferStats(),
    close: () => s5.close(),
  }
}
