import { messages, openChat, save, send } from './support/harness-page'
import { expect, test } from './support/test'

test('messages that are sent rapidly are all saved, in their order, and listed', async ({ page, heard }) => {
  await openChat(page)
  const texts = Array.from({ length: 10 }, (_, i) => `Message ${i + 1} of ten`)
  for (const text of texts) await send(page, text)
  await expect(messages(page, 'assistant')).toHaveCount(10)
  await expect(page.getByTestId('stop-button')).toBeHidden()
  await save(page)
  await expect(page.locator('[data-testid="message"]:not([data-status="saved"])')).toHaveCount(0)
  const said = await messages(page, 'user').allInnerTexts()
  expect(said.map((text) => text.split('\n')[0])).toEqual(texts)
  await expect(page.getByTestId('conversation').first()).toContainText('Message 1 of ten')
  await expect(page.getByTestId('conversation').first()).toContainText('20 messages')
  expect(heard.errors).toEqual([])
  expect(heard.uploads.length).toBeGreaterThan(0)
  expect(new Set(heard.uploads)).toEqual(new Set([200]))

  await page.reload()
  await expect(messages(page)).toHaveCount(20)
  expect((await messages(page, 'user').allInnerTexts()).map((text) => text.split('\n')[0])).toEqual(texts)
})

test('a session that is ended during an answer keeps what was shown of it', async ({ page, heard }) => {
  await openChat(page, { delayMs: 150 })
  await send(page, 'Tell me something long')
  await expect(messages(page, 'assistant')).toContainText('You said')
  await page.getByTestId('end-session').click()
  await expect(page.getByTestId('composer')).toBeHidden()
  await page.getByRole('tab', { name: 'Sessions' }).click()
  await expect(page.getByTestId('session').first()).toContainText('ended')
  await page.getByRole('tab', { name: 'Conversations' }).click()
  await page.getByTestId('conversation').first().click()
  await expect(messages(page)).toHaveCount(2)
  await expect(messages(page, 'assistant')).toContainText('You said')
  await expect(messages(page, 'assistant')).toContainText('stopped')
  expect(heard.errors).toEqual([])

  await page.evaluate(() => localStorage.setItem('harness-demo-delay-ms', '0'))
  await page.getByTestId('resume-button').click()
  await expect(messages(page, 'assistant')).toContainText('I am a demo model')
})

test('a message is shown in the frame after Enter', async ({ page }) => {
  await openChat(page)
  await page.getByTestId('composer').fill('At once')
  const frames = await page.evaluate(async () => {
    const composer = document.querySelector('[data-testid="composer"]')
    composer?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }))
    for (let frame = 1; frame <= 60; frame += 1) {
      await new Promise((resolve) => requestAnimationFrame(resolve))
      // Ours was asked for after the SDK's, so that in the same frame it runs after it.
      if (document.querySelector('[data-testid="message"]')?.textContent?.includes('At once')) return frame
    }
    return undefined
  })
  expect(frames).toBe(1)
})

test('markdown and HTML in a message are shown, and run nothing', async ({ page, heard }) => {
  await openChat(page)
  await send(
    page,
    '**bold** <img src=x onerror="window.hacked=1"> [go](javascript:window.hacked=2) 👩‍👩‍👧 مرحبا',
  )
  const message = messages(page, 'user')
  await expect(message.locator('strong')).toHaveText('bold')
  await expect(message).toContainText('<img src=x')
  await expect(message).toContainText('👩‍👩‍👧 مرحبا')
  await expect(message.locator('img, script')).toHaveCount(0)
  await expect(message.getByText('go', { exact: true })).not.toHaveAttribute('href', /javascript/)
  expect(await page.evaluate(() => Reflect.get(window, 'hacked'))).toBeUndefined()
  expect(heard.errors).toEqual([])
})

test('nothing and too much are not sent', async ({ page }) => {
  await openChat(page)
  await page.getByTestId('composer').press('Enter')
  await page.getByTestId('composer').fill('  \n ')
  await expect(page.getByTestId('send-button')).toBeDisabled()
  await page.getByTestId('composer').fill('x'.repeat(1024 * 1024 + 1))
  await expect(page.getByRole('alert').filter({ hasText: '1 MiB' })).toBeVisible()
  await page.getByTestId('composer').press('Enter')
  await expect(messages(page)).toHaveCount(0)
})

test('context of earlier conversations is given to the model, and its source shown', async ({ page }) => {
  await openChat(page)
  await send(page, 'My favourite train is the Glacier Express')
  await expect(messages(page, 'assistant')).toContainText('demo model')
  await save(page)
  await page.getByTestId('start-session').click()
  await expect(messages(page)).toHaveCount(0)
  await send(page, 'Which train do I like?')
  await expect(messages(page, 'assistant')).toContainText('From your earlier conversations I was given')
  await page.getByTestId('sources').getByText('Context from').click()
  await expect(page.getByTestId('sources')).toContainText('My favourite train is the Glacier Express')
})

test('messages are edited, answered anew and deleted, and a conversation is renamed', async ({ page }) => {
  await openChat(page)
  await send(page, 'First wording')
  await expect(messages(page, 'assistant')).toContainText('First wording')
  await messages(page, 'user').getByLabel('Edit').click()
  await page.getByLabel('The message').fill('Second wording')
  await page.getByRole('button', { name: 'Save the change' }).click()
  await expect(messages(page, 'user')).toContainText('edited')
  await messages(page, 'assistant').getByLabel('Another answer').click()
  await expect(messages(page, 'assistant')).toContainText('Second wording')
  await messages(page, 'assistant').getByLabel('The answer before').click()
  await expect(messages(page, 'assistant')).toContainText('First wording')

  await page.getByLabel('Rename the conversation').click()
  await page.getByLabel('Title').fill('Renamed by hand')
  await page.getByLabel('Title').press('Enter')
  await expect(page.getByTestId('title')).toHaveText('Renamed by hand')
  await messages(page, 'user').getByLabel('Delete').click()
  await expect(messages(page, 'user')).toHaveCount(0)
  await save(page)
  await page.reload()
  await expect(page.getByTestId('title')).toHaveText('Renamed by hand')
  await expect(messages(page, 'user')).toHaveCount(0)
})
