import { openDevelopmentWallet } from './development-wallet'
import type { Identity } from './identity'
import { sealedStorage } from './sealed-storage'

const NAME = 'identity'

/**
 * Lets the next visit sign in by itself. A browser wallet is not remembered: it signs again.
 * @param isNew the portal has nothing of it yet
 */
export async function rememberIdentity(identity: Identity, isNew: boolean): Promise<void> {
  if (identity.kind === 'phrase')
    await sealedStorage.keep(NAME, JSON.stringify({ seedPhrase: identity.seedPhrase }))
  else if (identity.kind === 'development-wallet')
    await sealedStorage.keep(NAME, JSON.stringify({ privateKey: identity.privateKey, isNew }))
  else await forgetIdentity()
}

export function forgetIdentity(): Promise<void> {
  return sealedStorage.forget(NAME)
}

export async function recallIdentity(): Promise<Identity | undefined> {
  const kept = await sealedStorage.read(NAME)
  if (kept === undefined) return undefined
  const { seedPhrase, privateKey, isNew } = JSON.parse(kept)
  if (seedPhrase !== undefined) return { kind: 'phrase', seedPhrase }
  return { ...(await openDevelopmentWallet(privateKey)), isNew: isNew === true }
}
