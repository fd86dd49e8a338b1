import { openDevelopmentWallet } from './development-wallet'
import type { Identity } from './identity'
import { sealedStorage } from './sealed-storage'

const NAME = 'identity'

/** Lets the next visit sign in by itself. A browser wallet is not remembered: it signs again. */
export async function rememberIdentity(identity: Identity): Promise<void> {
  if (identity.kind === 'phrase')
    await sealedStorage.keep(NAME, JSON.stringify({ seedPhrase: identity.seedPhrase }))
  else if (identity.kind === 'development-wallet')
    await sealedStorage.keep(NAME, JSON.stringify({ privateKey: identity.privateKey }))
  else await forgetIdentity()
}

export function forgetIdentity(): Promise<void> {
  return sealedStorage.forget(NAME)
}

export async function recallIdentity(): Promise<Identity | undefined> {
  const kept = await sealedStorage.read(NAME)
  if (kept === undefined) return undefined
  const { seedPhrase, privateKey } = JSON.parse(kept)
  return seedPhrase === undefined ? openDevelopmentWallet(privateKey) : { kind: 'phrase', seedPhrase }
}
