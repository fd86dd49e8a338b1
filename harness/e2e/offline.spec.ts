import { messages, openChat, openSignedIn, send } from './support/harness-page'
import { test } from './support/own-place'
import { expect, type Page } from './support/test'

test('what is written without a portal outlives a reload, and is sent when the portal is back', async ({
  page,
  portal,
}) => {
  expect(portal.url).not.toBe('')
  await openSignedIn(page, '/offline')
  await write(page, 'Before')
  await expect(statusOf(page, 'Before')).toHaveText('saved')
  await page.getByRole('switch').click()
  await expect(page.getByText('Cut off')).toBeVisible()
  await write(page, 'During')
  await expect(statusOf(page, 'During')).toHaveText('saved locally')

  await page.reload()
  await expect(statusOf(page, 'During')).toHaveText('saved locally')
  await expect(page.getByTestId('count-waiting')).toHaveText('1')

  await page.getByRole('switch').click()
  await expect(statusOf(page, 'During')).toHaveText('saved')
  await expect(page.getByTestId('count-waiting')).toHaveText('0')
  expect(await storedOnPortal(page)).toEqual(['Before', 'During'])
})

test('a browser that goes offline and comes back sends what was written meanwhile', async ({
  page,
  context,
  portal,
}) => {
  expect(portal.url).not.toBe('')
  await openSignedIn(page, '/offline')
  await expect(page.getByText('Nothing written yet')).toBeVisible()
  await context.setOffline(true)
  await expect(page.getByText('Browser offline')).toBeVisible()
  await write(page, 'On the train')
  await expect(statusOf(page, 'On the train')).toHaveText('saved locally')
  await context.setOffline(false)
  await expect(statusOf(page, 'On the train')).toHaveText('saved')
})

test('what the portal refuses for good is put aside with its reason, and goes only when it is given up', async ({
  page,
  portal,
}) => {
  expect(portal.url).not.toBe('')
  await openSignedIn(page, '/offline')
  await page.getByTestId('make-failure').click()
  const failed = page.getByTestId('failed-saves')
  await expect(failed).toContainText('Written too late')
  await expect(failed).toContainText('CONVERSATION_DELETED')
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    failed.getByRole('button', { name: 'Export' }).click(),
  ])
  expect(file.suggestedFilename()).toMatch(/^unsent-\d+\.json$/)
  await failed.getByRole('button', { name: 'Retry' }).click()
  await expect(failed).toContainText('CONVERSATION_DELETED')
  await failed.getByRole('button', { name: 'Give up' }).click()
  await expect(failed).toHaveCount(0)
})

test('a chat whose portal is killed goes on, and all of it is on the portal after that was started again', async ({
  page,
  portal,
}) => {
  await openChat(page, { delayMs: 20 })
  await send(page, 'Before the crash')
  await expect(messages(page, 'assistant').first()).toContainText('You said')
  await portal.kill()
  await send(page, 'While it was down')
  await expect(messages(page, 'assistant')).toHaveCount(2)
  await expect(page.getByTestId('stop-button')).toBeHidden()
  await expect(page.getByText('While it was down').first()).toBeVisible()
  await expect(page.getByTestId('sync-status').first()).toHaveAttribute('data-status', 'saved locally')
  await portal.start()
  await page.evaluate(() => window.s5Harness?.sdk()?.outbox?.wake())
  await expect(page.locator('[data-testid="message"]:not([data-status="saved"])')).toHaveCount(0)
  await page.reload()
  await expect(messages(page)).toHaveCount(4)
})

async function write(page: Page, text: string): Promise<void> {
  await page.getByLabel('New message').fill(text)
  await page.getByRole('button', { name: 'Save' }).click()
}

/** The status that the page shows of a message. */
function statusOf(page: Page, text: string) {
  return page
    .getByTestId('offline-messages')
    .getByRole('listitem')
    .filter({ hasText: text })
    .locator('span')
    .last()
}

/** What the network has, and not only this device. */
function storedOnPortal(page: Page): Promise<string[] | undefined> {
  return page.evaluate(async () => {
    const stored = await window.s5Harness?.sdk()?.storage.loadConversation('offline-demo')
    return stored?.messages.map(({ content }) => String(content))
  })
}
