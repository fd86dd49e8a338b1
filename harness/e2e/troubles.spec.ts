import { messages, openChat, openSignedIn, save, send } from './support/harness-page'
import { expect, test } from './support/test'

const CHAT = '/chat-context-rag-demo'

test('without a portal a first sign-in says so, and goes on when it is back', async ({ page, portalUrl }) => {
  await page.route(`${portalUrl}/**`, (route) => route.abort())
  await page.goto(CHAT)
  await page.getByTestId('connect-development').click()
  await page.getByTestId('open-development-wallet').click()
  await page.getByTestId('sign').click()
  await expect(page.getByTestId('connect-again')).toBeVisible()
  await page.unrouteAll()
  await page.getByTestId('connect-again').click()
  await expect(page.getByTestId('start-session')).toBeVisible()
})

test('a page that is loaded again without a portal has what was written, and takes more', async ({
  page,
  portalUrl,
}) => {
  await openChat(page)
  await send(page, 'Before the portal went away')
  await expect(messages(page, 'assistant')).toContainText('demo model')
  await save(page)
  await page.route(`${portalUrl}/**`, (route) => route.abort())
  await page.reload()
  await expect(messages(page, 'user')).toContainText('Before the portal went away')
  await send(page, 'While it was away')
  await expect(messages(page, 'user').nth(1)).toHaveAttribute('data-status', 'saved locally')
  await page.unrouteAll()
  await save(page)
  await expect(messages(page, 'user').nth(1)).toHaveAttribute('data-status', 'saved')
})

test('an answer that is stopped keeps what was shown, and is asked for again', async ({ page }) => {
  await openChat(page, { delayMs: 100 })
  await send(page, 'Tell me something long')
  await expect(messages(page, 'assistant')).toContainText('You said')
  await page.getByTestId('stop-button').click()
  await expect(messages(page, 'assistant')).toContainText('stopped')
  await page.evaluate(() => localStorage.setItem('harness-demo-delay-ms', '0'))
  await page.getByTestId('resume-button').click()
  await expect(messages(page, 'assistant')).toContainText('I am a demo model')
})

test('who leaves with something unsent is asked first', async ({ page }) => {
  await openChat(page)
  await page.getByTestId('composer').pressSequentially('half a thought')
  await expect(page.getByTestId('composer')).toHaveValue('half a thought')
  const asked = page.waitForEvent('dialog')
  const left = page.evaluate(() => location.reload())
  const dialog = await asked
  expect(dialog.type()).toBe('beforeunload')
  await dialog.accept()
  await left.catch(() => {})
})

test('where the browser refuses to copy, the text is shown, and holds no secret', async ({ page }) => {
  await page.addInitScript(() => {
    navigator.clipboard.writeText = () => Promise.reject(new DOMException('refused', 'NotAllowedError'))
  })
  const privateKey = await openSignedIn(page, '/settings')
  await page.getByTestId('copy-diagnostics').click()
  const report = await page.getByTestId('copy-by-hand').inputValue()
  expect(JSON.parse(report)).toMatchObject({ identity: 'development-wallet', auth: 'ready' })
  expect(report).not.toContain(privateKey.slice(2))
})

test('all data can be exported, and deleted once that is typed', async ({ page }) => {
  await openChat(page)
  await send(page, 'To be taken along')
  await expect(messages(page, 'assistant')).toContainText('demo model')
  await save(page)
  await page.goto('/settings')
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Export all' }).click()
  expect((await download).suggestedFilename()).toBe('conversations.jsonl')
  await page.getByRole('button', { name: 'Delete all my data' }).click()
  await expect(page.getByTestId('confirm')).toBeDisabled()
  await page.getByLabel('Type “delete everything” to go on').fill('delete everything')
  await page.getByTestId('confirm').click()
  await expect(page.getByText('All your conversations are deleted')).toBeVisible()
  await page.goto(CHAT)
  await expect(page.getByText('Nothing here yet')).toBeVisible()
})

test('a conversation is shared with one other person, who reads it', async ({ page, browser }) => {
  const context = await browser.newContext()
  const recipient = await context.newPage()
  await openSignedIn(recipient, `${process.env.HARNESS_URL}${CHAT}`)
  const address = await recipient.evaluate(() => window.s5Harness?.sdk()?.storage.sharingAddress())

  await openChat(page)
  await send(page, 'Only for you')
  await expect(messages(page, 'assistant')).toContainText('demo model')
  await save(page)
  await page.getByLabel('More about this conversation').click()
  await page.getByRole('menuitem', { name: 'Share' }).click()
  await page.getByLabel('Their sharing address').fill(address ?? '')
  await page.getByRole('button', { name: 'Share', exact: true }).click()
  const capability = await page.getByTestId('capability').inputValue()

  await recipient.getByRole('button', { name: 'Open a share' }).click()
  await recipient.getByLabel('What they have sent you').fill(capability)
  await recipient.getByRole('button', { name: 'Open', exact: true }).click()
  await expect(messages(recipient, 'user')).toContainText('Only for you')
  await context.close()
})
