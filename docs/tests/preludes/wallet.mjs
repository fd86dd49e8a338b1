// What a browser would have: a place to keep things, a dialog, and one wallet that announces itself.
import { Wallet } from 'ethers'

// A fixed key, so that the page can show what is signed.
const key = new Wallet(`0x${'5'.repeat(64)}`)
const values = new Map()
const page = new EventTarget()
const provider = {
  /** @param {{ method: string, params: string[] }} request */
  async request({ method, params }) {
    if (method === 'eth_chainId') return '0x1'
    if (method !== 'eth_signTypedData_v4') return [key.address]
    const { domain, types, message } = JSON.parse(String(params[1]))
    const { EIP712Domain: _, ...named } = types
    return key.signTypedData(domain, named, message)
  },
}
Object.assign(globalThis, {
  addEventListener: page.addEventListener.bind(page),
  removeEventListener: page.removeEventListener.bind(page),
  dispatchEvent: page.dispatchEvent.bind(page),
  confirm: () => true,
  localStorage: {
    getItem: (/** @type {string} */ name) => values.get(name) ?? null,
    setItem: (/** @type {string} */ name, /** @type {string} */ value) => values.set(name, value),
    removeItem: (/** @type {string} */ name) => values.delete(name),
  },
})
page.addEventListener('eip6963:requestProvider', () => {
  const info = { uuid: 'one', name: 'One', icon: 'data:image/png,', rdns: 'one' }
  page.dispatchEvent(new CustomEvent('eip6963:announceProvider', { detail: { info, provider } }))
})
