import { Wallet } from 'ethers'
import type { DeviceStorage, WalletSigner } from '../../src/index'

/** A device's storage whose content a test can look at. */
export function createDeviceStorage(): DeviceStorage & { values: Map<string, string> } {
  const values = new Map<string, string>()
  return {
    values,
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, value),
    removeItem: (key) => void values.delete(key),
  }
}

/** A wallet of ethers with a random key that counts its signatures and can turn to another account. */
export function createTestWallet(wallet: Wallet = createEthersWallet()) {
  const listeners = new Set<(address: string | undefined) => void>()
  const state = { wallet, signatures: 0 }
  const signer = {
    getAddress: () => state.wallet.getAddress(),
    signTypedData: (domain, types, message) => {
      state.signatures += 1
      return state.wallet.signTypedData(domain, types, message)
    },
    onAccountChange: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  } satisfies WalletSigner
  return {
    ...signer,
    address: wallet.address,
    takeSignatureCount: () => {
      const { signatures } = state
      state.signatures = 0
      return signatures
    },
    listenerCount: () => listeners.size,
    /** As an extension tells that its user chose `next`; nobody, if left out. */
    turnTo: (next?: Wallet) => {
      if (next !== undefined) state.wallet = next
      for (const listener of [...listeners]) listener(next?.address)
    },
    tell: (address: string) => {
      for (const listener of [...listeners]) listener(address)
    },
  }
}

export type TestWallet = ReturnType<typeof createTestWallet>

export function createEthersWallet(): Wallet {
  return new Wallet(`0x${Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('hex')}`)
}
