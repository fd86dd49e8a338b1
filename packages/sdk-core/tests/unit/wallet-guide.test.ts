import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { walletSeedTypedData } from '../../src/index'
import { startPortal } from '../support/fixture'
import { createEthersWallet } from '../support/wallets'

const ROOT = new URL('../../../../', import.meta.url)

/** What a browser would have: a place to keep things, a dialog, and one wallet that announces itself. */
function browserOf(privateKey: string): string {
  return `
    import { Wallet } from 'ethers'
    const key = new Wallet('${privateKey}')
    const values = new Map()
    const page = new EventTarget()
    const provider = {
      async request({ method, params }) {
        if (method === 'eth_chainId') return '0x1'
        if (method !== 'eth_signTypedData_v4') return [key.address]
        const { domain, types: { EIP712Domain, ...types }, message } = JSON.parse(params[1])
        return key.signTypedData(domain, types, message)
      },
    }
    Object.assign(globalThis, {
      addEventListener: page.addEventListener.bind(page),
      removeEventListener: page.removeEventListener.bind(page),
      dispatchEvent: page.dispatchEvent.bind(page),
      confirm: () => true,
      localStorage: {
        getItem: (name) => values.get(name) ?? null,
        setItem: (name, value) => values.set(name, value),
        removeItem: (name) => values.delete(name),
      },
    })
    page.addEventListener('eip6963:requestProvider', () => {
      const info = { uuid: 'one', name: 'One', icon: 'data:image/png,', rdns: 'one' }
      page.dispatchEvent(new CustomEvent('eip6963:announceProvider', { detail: { info, provider } }))
    })`
}

it('The examples of the wallet guide run, one after another, and the process ends by itself', async () => {
  const portal = await startPortal()
  const guide = await readFile(new URL('docs/guides/wallet.md', ROOT), 'utf8')
  const examples = [...guide.matchAll(/```js\n([\s\S]*?)```/g)].map(([, code]) => code ?? '')
  expect(examples).toHaveLength(4)
  const wallet = createEthersWallet()
  const script = [browserOf(wallet.privateKey), ...examples]
    .join('\n')
    .replaceAll('http://127.0.0.1:5522', portal.url)
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: fileURLToPath(new URL('packages/sdk-core', ROOT)),
    env: { ...process.env, NODE_OPTIONS: '' },
    timeout: 40_000,
  })
  const { purpose } = walletSeedTypedData(wallet.address).message
  expect(stdout).toBe(`${purpose}\nsigned-out\nsigning\nready\n`)
})
