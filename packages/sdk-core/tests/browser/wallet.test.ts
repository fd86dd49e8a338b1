import { Wallet } from 'ethers'
import { expect, inject, it, onTestFinished } from 'vitest'
import { createSdk, PhraseVault, proposeRecoveryPhrase, type Sdk } from '../../src/index'
import { discoverWallets } from '../../src/wallet'

const portal = inject('portalUrl')

/** Puts a wallet into this page, as an extension does. */
function injectWallet(wallet: Wallet): void {
  const provider = {
    request: async ({ method, params }: { method: string; params?: string[] }) => {
      if (method === 'eth_chainId') return '0x1'
      if (method !== 'eth_signTypedData_v4') return [wallet.address]
      const { domain, types, message } = JSON.parse(params?.[1] ?? '')
      const { EIP712Domain: _, ...own } = types
      return wallet.signTypedData(domain, own, message)
    },
  }
  const info = { uuid: 'one', name: 'One', icon: 'data:image/png,', rdns: 'org.example.one' }
  const announce = () =>
    window.dispatchEvent(new CustomEvent('eip6963:announceProvider', { detail: { info, provider } }))
  window.addEventListener('eip6963:requestProvider', announce)
  onTestFinished(() => window.removeEventListener('eip6963:requestProvider', announce))
}

async function signIn(): Promise<Sdk> {
  const discovery = discoverWallets()
  onTestFinished(() => discovery.close())
  const signer = discovery.list()[0]?.signer
  if (signer === undefined) throw new Error('no wallet was found')
  const options = { portals: [portal], signer, deviceStorage: localStorage, confirmNewIdentity: () => true }
  const sdk = await createSdk(options)
  onTestFinished(() => sdk.close())
  return sdk
}

it('A wallet in the page signs in, out, and in again, and finds its conversations', async () => {
  injectWallet(new Wallet(`0x${'7'.repeat(64)}`))
  const sdk = await signIn()
  await sdk.storage.appendMessage('one', { id: 'm', role: 'user', content: 'hello' })
  await sdk.auth.signOut()
  await sdk.auth.signIn()
  expect(await sdk.storage.loadConversation('one')).toMatchObject({ messages: [{ content: 'hello' }] })
  const other = await signIn()
  expect((await other.storage.listConversations()).items.map(({ id }) => id)).toEqual(['one'])
})

it('A recovery phrase is kept in localStorage under its passphrase', async () => {
  const vault = new PhraseVault(localStorage, { scryptN: 2 ** 10 })
  onTestFinished(() => vault.forget())
  const phrase = proposeRecoveryPhrase().show()
  await vault.keep(phrase, 'seven grey pebbles')
  expect(await vault.unlock('seven grey pebbles')).toBe(phrase)
  await expect(vault.unlock('eight grey pebbles')).rejects.toMatchObject({ code: 'DECRYPTION_FAILED' })
})
