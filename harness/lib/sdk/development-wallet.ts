import type { Identity } from './identity'

type DevelopmentWallet = Extract<Identity, { kind: 'development-wallet' }>

/**
 * A wallet that lives in this page: for development, because its key is only as safe as the page.
 * @param privateKey 0x and 64 hexadecimal digits. @default a fresh one
 * @throws Error where it is no private key
 */
export async function openDevelopmentWallet(privateKey?: string): Promise<DevelopmentWallet> {
  const { Wallet } = await import('ethers')
  const wallet = privateKey === undefined ? Wallet.createRandom() : new Wallet(privateKey)
  return {
    kind: 'development-wallet',
    privateKey: wallet.privateKey,
    isNew: privateKey === undefined,
    signer: {
      getAddress: () => wallet.getAddress(),
      signTypedData: (domain, types, message) => wallet.signTypedData(domain, types, message),
    },
  }
}
