import { BrowserProvider, type Eip1193Provider } from 'ethers'
import * as z from 'zod/mini'
import type { WalletSigner } from './wallet-signer'

const ANNOUNCE = 'eip6963:announceProvider'
const REQUEST = 'eip6963:requestProvider'

/** What EIP-1193 adds to requests: most wallets have it. */
interface WalletEvents {
  on?(event: string, listener: (value: unknown) => void): void
  removeListener?(event: string, listener: (value: unknown) => void): void
}

type WalletProvider = Eip1193Provider & WalletEvents

const text = (maxLength: number) => z.string().check(z.minLength(1), z.maxLength(maxLength))
const announcement = z.object({
  info: z.object({
    uuid: text(100),
    name: text(100),
    icon: z.string().check(z.regex(/^data:image\//), z.maxLength(200_000)),
    rdns: text(200),
  }),
  provider: z.custom<WalletProvider>(
    (value) => typeof (value as WalletProvider | undefined)?.request === 'function',
  ),
})

/** How a wallet names itself (EIP-6963). Show `icon` in an `img`, which runs no script. */
export type WalletInfo = z.output<typeof announcement>['info']

/** A wallet in this browser. */
export interface DiscoveredWallet {
  readonly info: WalletInfo
  /** Signs as the account that is chosen in the wallet, which asks the user at the first call. */
  readonly signer: WalletSigner
}

/** The wallets of a browser, as they announce themselves. */
export interface WalletDiscovery {
  /** The wallets that have announced themselves so far, in the order they did. */
  list(): readonly DiscoveredWallet[]
  /** Calls back with the whole list after each one that is new, until the function that it gives back is called. */
  subscribe(listener: (wallets: readonly DiscoveredWallet[]) => void): () => void
  /** Stops listening. */
  close(): void
}

/**
 * Finds the wallets of this browser by EIP-6963. What is announced in another form is passed over.
 * @param target where wallets announce themselves. @default window
 * @example
 * const discovery = discoverWallets()
 * discovery.subscribe((wallets) => showWallets(wallets))
 */
export function discoverWallets(target: EventTarget = globalThis as unknown as EventTarget): WalletDiscovery {
  const found = new Map<string, DiscoveredWallet>()
  const listeners = new Set<(wallets: readonly DiscoveredWallet[]) => void>()
  const list = () => [...found.values()]
  const hear = (event: Event) => {
    const { data } = announcement.safeParse((event as CustomEvent<unknown>).detail)
    if (data === undefined || found.has(data.info.uuid)) return
    found.set(data.info.uuid, { info: data.info, signer: signerOf(data.provider) })
    for (const listener of listeners) listener(list())
  }
  target.addEventListener(ANNOUNCE, hear)
  target.dispatchEvent(new Event(REQUEST))
  return {
    list,
    subscribe: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    close: () => {
      target.removeEventListener(ANNOUNCE, hear)
      listeners.clear()
    },
  }
}

function signerOf(provider: WalletProvider): WalletSigner {
  const ethers = new BrowserProvider(provider)
  return {
    getAddress: async () => (await ethers.getSigner()).getAddress(),
    signTypedData: async (domain, types, message) =>
      (await ethers.getSigner()).signTypedData(domain, types, message),
    onAccountChange: (listener) => watchAccount(provider, listener),
  }
}

function watchAccount(provider: WalletProvider, listener: (address: string | undefined) => void): () => void {
  const onAccounts = (accounts: unknown) => {
    const chosen: unknown = Array.isArray(accounts) ? accounts[0] : undefined
    listener(typeof chosen === 'string' ? chosen : undefined)
  }
  const onDisconnect = () => listener(undefined)
  provider.on?.('accountsChanged', onAccounts)
  provider.on?.('disconnect', onDisconnect)
  return () => {
    provider.removeListener?.('accountsChanged', onAccounts)
    provider.removeListener?.('disconnect', onDisconnect)
  }
}
