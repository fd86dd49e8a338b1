import { openSignedIn } from './support/harness-page'
import { expect, test } from './support/test'

const CONVERSATIONS = 45
const MESSAGES = 20

/** One conversation a line, and in the middle a line that is broken. */
function largeFile(): Buffer {
  const lines = Array.from({ length: CONVERSATIONS }, (_, i) => {
    const messages = Array.from({ length: MESSAGES }, (_, j) => ({
      role: j % 2 === 0 ? 'user' : 'assistant',
      content: `Line ${j} about topic${i}, ${'with some more words '.repeat(5)}`,
    }))
    return JSON.stringify({
      id: `imported-${i}`,
      title: `Imported ${i}`,
      createdAt: 1_700_000_000_000 + i,
      messages,
    })
  })
  lines.splice(30, 0, '{ "id": "broken", "messages": [')
  return Buffer.from(lines.join('\n'))
}

test('a large file is imported, its broken line named, listed in pages, and searched', async ({
  page,
  heard,
}) => {
  await openSignedIn(page, '/chat-context-rag-demo')
  await page.getByTestId('import').click()
  await page.getByTestId('import-file').setInputFiles({
    name: 'conversations.jsonl',
    mimeType: 'application/jsonl',
    buffer: largeFile(),
  })
  const result = page.getByTestId('import-result')
  await expect(result).toContainText(`Added ${CONVERSATIONS} conversations and 900 messages`)
  await expect(result.getByRole('row').nth(1)).toContainText('31')
  await page.getByRole('button', { name: 'Close' }).first().click()

  // What moves while it is listed may be on two pages.
  await page.evaluate(() => window.s5Harness?.sdk()?.outbox?.flush())
  await page.reload()
  await expect(page.getByTestId('conversation')).toHaveCount(20)
  await page.getByTestId('more-conversations').click()
  await expect(page.getByTestId('conversation')).toHaveCount(40)

  await page.getByLabel('Search in your conversations').fill('topic37')
  await expect(page.getByTestId('search-result').first()).toContainText('Imported 37')
  await page.getByTestId('search-result').first().click()
  await expect(page.getByTestId('title')).toHaveText('Imported 37')
  expect(heard.errors).toEqual([])
})
