import { EventEmitter } from 'node:events'
import type { TypedDataDomain, TypedDataField, Wallet } from 'ethers'

type Params = readonly [string, string]

/** The provider of a browser's wallet (EIP-1193) around a key, as extensions put it into pages. */
export class InjectedWallet extends EventEmitter {
  chainId = '0x1'
  isRejecting = false
  wallet: Wallet

  constructor(wallet: Wallet) {
    super()
    this.wallet = wallet
  }

  async request({ method, params }: { method: string; params?: unknown }): Promise<unknown> {
    switch (method) {
      case 'eth_chainId':
        return this.chainId
      case 'eth_accounts':
      case 'eth_requestAccounts':
        return [this.wallet.address.toLowerCase()]
      case 'eth_signTypedData_v4':
        return this.#sign(params as Params)
      default:
        throw Object.assign(new Error(`no ${method} without a chain`), { code: 4200 })
    }
  }

  /** Tells the page of its presence whenever the page asks (EIP-6963). */
  announceTo(target: EventTarget, info: object): void {
    const announce = () => {
      const detail = Object.freeze({ info, provider: this })
      target.dispatchEvent(new CustomEvent('eip6963:announceProvider', { detail }))
    }
    target.addEventListener('eip6963:requestProvider', announce)
    announce()
  }

  /** As a user does in the extension; nobody, if left out. */
  choose(wallet?: Wallet): void {
    if (wallet !== undefined) this.wallet = wallet
    this.emit('accountsChanged', wallet === undefined ? [] : [wallet.address.toLowerCase()])
  }

  #sign([address, json]: Params): Promise<string> {
    if (this.isRejecting) throw Object.assign(new Error('User rejected the request.'), { code: 4001 })
    if (address.toLowerCase() !== this.wallet.address.toLowerCase()) throw new Error('unknown account')
    const { domain, types, message } = JSON.parse(json) as {
      domain: TypedDataDomain
      types: Record<string, TypedDataField[]>
      message: Record<string, unknown>
    }
    const { EIP712Domain: _, ...own } = types
    return this.wallet.signTypedData(domain, own, message)
  }
}
