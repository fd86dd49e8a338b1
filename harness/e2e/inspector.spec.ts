import { openSignedIn } from './support/harness-page'
import { expect, test } from './support/test'

test('the inspector shows where a conversation lies, verifies it, reads its chain, and measures it', async ({
  page,
  portalUrl,
  heard,
}) => {
  await openSignedIn(page, '/inspector')
  await expect(page.getByText('No conversation yet')).toBeVisible()
  await page.evaluate(async () => {
    const sdk = window.s5Harness?.sdk()
    for (const content of ['One', 'Two', 'Three']) {
      await sdk?.storage.appendMessage('to-inspect', { role: 'user', content })
      await sdk?.outbox?.flush()
    }
  })
  await page.getByRole('button', { name: 'Read again' }).click()
  const anatomy = page.getByTestId('anatomy')
  await expect(anatomy.getByRole('region', { name: 'Head' })).toContainText(
    '3; 3 records lie in the head itself',
  )
  const key = (await anatomy.getByText(/^7[\w-]{43}$/).textContent()) ?? ''
  expect((await fetch(`${portalUrl}/s5/registry?pk=${key}`)).status).toBe(200)

  await page.getByTestId('verify').click()
  await expect(page.getByTestId('verification-report')).toContainText('Intact')
  await expect(page.getByText(/^Checked [1-9]\d* blobs, [1-9]\d* records/)).toBeVisible()

  await page.getByTestId('list-versions').click()
  await expect(page.getByRole('region', { name: 'Versions' }).getByRole('row')).toHaveCount(4)

  await page.getByTestId('measure-operations').click()
  await expect(page.getByRole('row', { name: /^First load/ })).toBeVisible()
  expect(heard.errors).toEqual([])
})

test('the benchmark of the smallest size gives its numbers, which can be copied', async ({ page, heard }) => {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await openSignedIn(page, '/bench')
  await page.getByLabel('Operations').selectOption('5')
  await page.getByTestId('start-bench').click()
  const results = page.getByTestId('bench-results')
  await expect(results.getByRole('row')).toHaveCount(8)
  await page.getByRole('button', { name: 'Copy as JSON' }).click()
  const report = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()))
  const stepOf = (name: string) => report.steps.find((step: { name: string }) => step.name === name)
  expect(stepOf('Load again')).toMatchObject({ operations: 5, requests: 1, roundTrips: 1, bytesUp: 0 })
  expect(stepOf('Append').bytesUp).toBeGreaterThan(0)
  expect(heard.errors).toEqual([])
})

test('a benchmark can be cancelled', async ({ page }) => {
  await openSignedIn(page, '/bench')
  await page.getByLabel('Operations').selectOption('100')
  await page.getByTestId('start-bench').click()
  await page.getByRole('button', { name: 'Cancel' }).click()
  await expect(page.getByText('Cancelled before its end.')).toBeVisible()
  await expect(page.getByTestId('start-bench')).toBeEnabled()
})
