import AxeBuilder from '@axe-core/playwright'
import { PAGES } from '../components/shell/pages'
import { signIn } from './support/harness-page'
import { expect, type Page, test } from './support/test'

const SCREENSHOTS = 'test-output/screenshots'
const WIDTHS = [1280, 390]

for (const theme of ['light', 'dark'] as const) {
  test(`every page, ${theme}, wide and narrow, is accessible and fits`, async ({ page, heard }) => {
    test.slow()
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
    await page.goto('/chat-context-rag-demo')
    await expect(page.getByTestId('connect-development')).toBeVisible()
    await look(page, 'signed-out', theme)
    await signIn(page)
    await writeSomething(page)
    for (const { href, title } of PAGES) {
      await page.goto(href)
      if (title === 'Chat') await page.getByTestId('conversation').filter({ hasText: 'Zermatt' }).click()
      await expect(page.getByRole('main').getByRole('heading', { level: 2 }).first()).toBeVisible()
      await look(page, title, theme)
    }
    expect(heard.errors).toEqual([])
  })
}

/** Keeps a picture of the whole page in each width, and has axe look at it: the colours are the same in both. */
async function look(page: Page, title: string, theme: string): Promise<void> {
  const name = title.toLowerCase().replace(/\W+/g, '-')
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 })
    await expect(page.getByText('Loading …')).toHaveCount(0)
    const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    await expect.poll(overflow, `${name} is wider than ${width} px`).toBeLessThanOrEqual(0)
    await page.screenshot({ path: `${SCREENSHOTS}/${name}-${theme}-${width}.png`, fullPage: true })
    if (theme === 'dark' && width < 1280) continue
    const { violations } = await new AxeBuilder({ page }).analyze()
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join('\n')}`)
    expect(found, `${name}, ${theme}, ${width} px`).toEqual([])
  }
}

async function writeSomething(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const sdk = window.s5Harness?.sdk()
    const messages = [
      { role: 'user' as const, content: 'Which trains go to Zermatt in the evening?' },
      { role: 'assistant' as const, content: 'Two: one at **18:09**, and the last one at **20:28**.' },
    ]
    await sdk?.storage.saveConversation({ id: 'trains', title: 'An evening in Zermatt', messages })
    await sdk?.storage.appendMessage('offline-demo', { role: 'user', content: 'Written on the train' })
    await sdk?.outbox?.flush()
  })
}
