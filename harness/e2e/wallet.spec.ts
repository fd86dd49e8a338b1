import { messages, save, send } from './support/harness-page'
import { expect, listen, type Page, test } from './support/test'

const CHAT = '/chat-context-rag-demo'

test('a wallet signs in, is there after a reload, and opens the same on a second device', async ({
  page,
  browser,
  heard,
}) => {
  await page.goto(CHAT)
  await page.getByTestId('connect-development').click()
  await page.getByTestId('open-development-wallet').click()
  await expect(page.getByTestId('sign-text')).toContainText('This signature is the key to all of them')
  await page.getByTestId('sign').click()
  await expect(page.getByTestId('start-session')).toBeVisible()

  const asked = await watchFor(page, 'Connect a wallet')
  await page.reload()
  await page.getByTestId('start-session').click()
  expect(await asked()).toBe(false)
  await send(page, 'Remember me on every device')
  await expect(messages(page, 'assistant')).toContainText('demo model')
  await save(page)

  await page.reload()
  await expect(messages(page, 'user')).toContainText('Remember me')

  await page.goto('/settings')
  await page.getByTestId('reveal').click()
  await page.getByTestId('confirm').click()
  const privateKey = (await page.getByTestId('secret').textContent()) ?? ''

  const secondDevice = await browser.newContext()
  const second = await secondDevice.newPage()
  const heardThere = listen(second)
  await second.goto(`${process.env.HARNESS_URL}${CHAT}`)
  await second.getByTestId('connect-development').click()
  await second.getByLabel('Private key of a development wallet').fill(privateKey)
  await second.getByTestId('open-development-wallet').click()
  await second.getByTestId('sign').click()
  await second.getByTestId('conversation').first().click()
  await expect(messages(second, 'user')).toContainText('Remember me')

  await page.goto(CHAT)
  await page.getByTestId('start-session').click()
  await send(page, 'Tell the other device of this one')
  await expect(second.getByTestId('conversation')).toHaveCount(2)
  await expect(second.getByTestId('conversation').first()).toContainText('2 messages')
  await secondDevice.close()
  expect([...heard.errors, ...heardThere.errors]).toEqual([])
  expect([...heard.console, ...heardThere.console].join('\n')).not.toContain(privateKey.slice(2))
})

test('a wallet that announces itself is found, shows what it signs, and is asked whether it is new', async ({
  page,
}) => {
  const { Wallet } = await import('ethers')
  const wallet = Wallet.createRandom()
  await page.exposeFunction('signForTest', async (text: string) => {
    const { domain, types, message } = JSON.parse(text)
    const { EIP712Domain: _, ...own } = types
    return wallet.signTypedData(domain, own, message)
  })
  await page.addInitScript((address) => {
    const provider = {
      request: async ({ method, params }: { method: string; params: string[] }) => {
        if (method === 'eth_chainId') return '0x1'
        if (method === 'eth_signTypedData_v4') return Reflect.get(window, 'signForTest')(params[1])
        return [address]
      },
    }
    const info = {
      uuid: 'test',
      name: 'Test Wallet',
      rdns: 'example.test',
      icon: 'data:image/svg+xml,<svg/>',
    }
    const announce = () =>
      window.dispatchEvent(new CustomEvent('eip6963:announceProvider', { detail: { info, provider } }))
    window.addEventListener('eip6963:requestProvider', announce)
  }, wallet.address)
  await page.goto(CHAT)
  await page.getByTestId('connect-browser').click()
  await page.getByRole('button', { name: 'Test Wallet' }).click()
  await expect(page.getByTestId('sign-text')).toContainText('Open my conversations.')
  await page.getByTestId('sign').click()
  await page.getByTestId('confirm-new-identity').click()
  await expect(page.getByTestId('start-session')).toBeVisible()
})

test('a recovery phrase with a wrong word is refused, and says which', async ({ page }) => {
  await page.goto(CHAT)
  await page.getByTestId('connect-recovery').click()
  await page.getByLabel('Your fifteen words').fill(Array(15).fill('wrongword').join(' '))
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('alert')).toBeVisible()
})

/** Has the next page that is loaded look out for a text. Gives back whether it ever showed. */
async function watchFor(page: Page, text: string): Promise<() => Promise<boolean>> {
  await page.addInitScript((wanted) => {
    const seen = Object.assign(globalThis, { wasSeen: false })
    new MutationObserver(() => {
      seen.wasSeen ||= document.body?.textContent?.includes(wanted) ?? false
    }).observe(document, { subtree: true, childList: true })
  }, text)
  return () => page.evaluate(() => (globalThis as unknown as { wasSeen: boolean }).wasSeen)
}
