import { openSignedIn } from './support/harness-page'
import { expect, listen, type Page, test } from './support/test'

const PATH = '/two-tabs?clients=1'

test('of two browsers with one identity, the one that is out of date is told so, keeps its work, and goes on', async ({
  page,
  browser,
  baseURL,
  heard,
}) => {
  const key = await openSignedIn(page, PATH)
  await save(page, 'What both have read')
  const secondDevice = await browser.newContext({
    ...(baseURL === undefined ? {} : { baseURL }),
    permissions: ['clipboard-read', 'clipboard-write'],
  })
  const second = await secondDevice.newPage()
  const heardThere = listen(second)
  await openSignedIn(second, PATH, key)
  await expect(second.getByText('Based on version 1')).toBeVisible()

  await save(page, 'From the first')
  await expect(page.locator('.save-success')).toHaveText('Saved version 2')

  await second.getByLabel('Next message').fill('From the second, too late')
  await second.getByTestId('save-button').click()
  const banner = second.locator('.stale-session-banner')
  await expect(banner).toContainText('Your session is out of date')
  await banner.getByTestId('stale-session-copy').click()
  await expect(banner).toContainText('Copied! You can paste after refreshing')
  expect(await second.evaluate(() => navigator.clipboard.readText())).toBe('From the second, too late')

  await banner.locator('.stale-session-refresh').click()
  await expect(banner).toHaveCount(0)
  await expect(second.getByLabel('Message 2, by user')).toHaveValue('From the first')
  await save(second, 'From the second, in time')
  await expect(second.locator('.save-success')).toHaveText('Saved version 3')

  await page.getByRole('button', { name: 'Load' }).click()
  await expect(page.getByLabel('Message 3, by user')).toHaveValue('From the second, in time')
  await secondDevice.close()
  expect([...heard.errors, ...heardThere.errors]).toEqual([])
})

test('two clients side by side are two devices: the second to save is told, and refreshing it leaves the first alone', async ({
  page,
}) => {
  await openSignedIn(page, '/two-tabs')
  const [a, b] = [page.getByRole('form', { name: 'Client A' }), page.getByRole('form', { name: 'Client B' })]
  await a.getByLabel('Title').fill('Plans')
  await b.getByLabel('Title').fill('Other plans')
  await a.getByTestId('save-button').click()
  await expect(a.locator('.save-success')).toBeVisible()
  await a.getByLabel('Next message').fill('Still being written')
  await b.getByTestId('save-button').click()
  await page.locator('.stale-session-refresh').click()
  await expect(b.getByLabel('Title')).toHaveValue('Plans')
  await expect(a.getByLabel('Next message')).toHaveValue('Still being written')
})

async function save(page: Page, text: string): Promise<void> {
  await page.getByLabel('Next message').fill(text)
  await page.getByTestId('save-button').click()
  await expect(page.locator('.save-success')).toBeVisible()
}
