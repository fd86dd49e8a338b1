import { openSignedIn } from './support/harness-page'
import { test } from './support/own-place'
import { expect } from './support/test'

test('every switch of the form reaches the portal, is read back, and is off again by one button', async ({
  page,
  portal,
}) => {
  await openSignedIn(page, '/faults')
  const inForce = page.getByTestId('faults-in-force')
  await expect(inForce).toHaveText('All is well')
  await page.getByLabel('Delay, in ms').fill('20')
  await page.getByLabel('Drop answers, in percent').fill('10')
  await page.getByLabel('Drop answers: of which requests').selectOption('registryWrite')
  await page.getByLabel('Stale answers, in percent').fill('5')
  await page.getByLabel('Seed').fill('7')
  await page.getByLabel('Unavailable blobs').selectOption('all')
  await page.getByTestId('apply-faults').click()
  await expect(inForce).toContainText('"registryWrite":0.1')
  const plan = { delayMs: 20, dropAnswers: { registryWrite: 0.1 }, staleAnswers: 0.05, seed: 7 }
  const faults = async () => (await fetch(`${portal.url}/faults`)).json()
  expect(await faults()).toEqual({ ...plan, unavailableBlobs: 'all' })
  await page.getByRole('button', { name: 'Disk full' }).click()
  await expect(inForce).toHaveText('diskFull: true')
  await page.getByTestId('break-nothing').click()
  await expect(inForce).toHaveText('All is well')
  expect(await faults()).toEqual({})
})

test('a forced conflict is healed: both messages are there, it is counted, and the console says nothing', async ({
  page,
  portal,
  heard,
}) => {
  expect(portal.url).not.toBe('')
  await openSignedIn(page, '/faults')
  await page.getByTestId('force-conflict').click()
  const story = page.getByTestId('conflict-story')
  await expect(story).toContainText('Both messages are there. Healed.')
  await expect(story).toContainText('was refused once: its revision number was too low')
  await expect(page.getByTestId('count-conflicts')).toHaveText('1')
  expect(heard.errors).toEqual([])
})

test('messages arrive, each once, where answers are lost', async ({ page, portal }) => {
  await openSignedIn(page, '/faults')
  await page.getByTestId('send-ten').click()
  await expect(page.getByTestId('count-saves')).toHaveText('10')
  const plan = { dropAnswers: { registryWrite: 0.4, upload: 0.2 }, seed: 3 }
  await fetch(`${portal.url}/faults`, { method: 'POST', body: JSON.stringify(plan) })
  await page.getByTestId('send-ten').click()
  await expect(page.getByTestId('count-saves')).toHaveText('20')
  await expect(page.getByTestId('count-retries')).not.toHaveText('0')
  await page.getByTestId('break-nothing').click()
  const count = await page.evaluate(
    async () => (await window.s5Harness?.sdk()?.storage.loadConversation('traffic'))?.messages.length,
  )
  expect(count).toBe(20)
})
