import { describe, expect, it } from 'vitest'
import { createSdk, type WalletSigner } from '../../src/index'
import { discoverWallets } from '../../src/wallet'
import { closeAfterTest, startPortal, textsOf, user } from '../support/fixture'
import { InjectedWallet } from '../support/injected-wallet'
import { createEthersWallet } from '../support/wallets'

const INFO = {
  uuid: '350670db-19fa-4704-a166-e52e178b59d2',
  name: 'Example Wallet',
  icon: 'data:image/svg+xml,<svg/>',
  rdns: 'com.example.wallet',
}

function announceOne(wallet = createEthersWallet()) {
  const target = new EventTarget()
  const injected = new InjectedWallet(wallet)
  injected.announceTo(target, INFO)
  const [found] = discoverWallets(target).list()
  if (found === undefined) throw new Error('no wallet was found')
  return { injected, wallet, signer: found.signer }
}

async function signIn(portal: string, signer: WalletSigner) {
  return closeAfterTest(await createSdk({ portals: [portal], signer, confirmNewIdentity: () => true }))
}

describe('Wallets of a browser', () => {
  it('are found whether they come before or after the page asks, each once', () => {
    const target = new EventTarget()
    new InjectedWallet(createEthersWallet()).announceTo(target, INFO)
    const discovery = discoverWallets(target)
    const names: string[][] = []
    const stop = discovery.subscribe((wallets) => names.push(wallets.map(({ info }) => info.name)))
    const late = new InjectedWallet(createEthersWallet())
    late.announceTo(target, { ...INFO, uuid: 'late', name: 'Late' })
    late.announceTo(target, { ...INFO, uuid: 'late', name: 'Again' })
    expect(names).toEqual([['Example Wallet', 'Late']])
    expect(discovery.list().map(({ info }) => info.name)).toEqual(['Example Wallet', 'Late'])
    stop()
    late.announceTo(target, { ...INFO, uuid: 'later' })
    expect(names).toHaveLength(1)
    discovery.close()
    late.announceTo(target, { ...INFO, uuid: 'too late' })
    expect(discovery.list()).toHaveLength(3)
  })

  it('that announce themselves in another form are passed over', () => {
    const target = new EventTarget()
    const discovery = discoverWallets(target)
    const provider = new InjectedWallet(createEthersWallet())
    for (const detail of [
      null,
      {},
      { info: INFO },
      { info: INFO, provider: {} },
      { info: { ...INFO, icon: 'https://example.org/track.png' }, provider },
      { info: { ...INFO, name: 'x'.repeat(1000) }, provider },
    ]) {
      target.dispatchEvent(new CustomEvent('eip6963:announceProvider', { detail }))
    }
    expect(discovery.list()).toEqual([])
  })

  it('sign in without any chain, and are the identity that a signer with the same key is', async () => {
    const portal = await startPortal()
    const { injected, wallet, signer } = announceOne()
    const sdk = await signIn(portal.url, signer)
    expect(sdk.auth.getState()).toEqual({ status: 'ready', address: wallet.address })
    await sdk.storage.appendMessage('one', user('hello'))
    injected.chainId = '0x89'
    for (const other of [signer, wallet, announceOne(wallet).signer]) {
      const device = closeAfterTest(await createSdk({ portals: [portal.url], signer: other }))
      expect(await textsOf(device, 'one')).toEqual(['hello'])
    }
  })

  it('whose user declines are SIGNATURE_REJECTED', async () => {
    const portal = await startPortal()
    const { injected, signer } = announceOne()
    injected.isRejecting = true
    await expect(signIn(portal.url, signer)).rejects.toMatchObject({ code: 'SIGNATURE_REJECTED' })
  })

  it.each([
    ['another account', 'account-changed', (wallet: InjectedWallet) => wallet.choose(createEthersWallet())],
    ['no account', 'wallet-gone', (wallet: InjectedWallet) => wallet.choose()],
    ['a broken connection', 'wallet-gone', (wallet: InjectedWallet) => wallet.emit('disconnect', {})],
  ])('sign out by %s, and are not listened to any more', async (_, reason, act) => {
    const portal = await startPortal()
    const { injected, signer } = announceOne()
    const sdk = await signIn(portal.url, signer)
    injected.choose(injected.wallet)
    expect(sdk.auth.getState().status).toBe('ready')
    act(injected)
    expect(sdk.auth.getState()).toEqual({ status: 'signed-out', reason })
    expect(injected.listenerCount('accountsChanged') + injected.listenerCount('disconnect')).toBe(0)
  })
})
