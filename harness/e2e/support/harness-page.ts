import type { Page } from '@playwright/test'
import { expect } from './test'

const CHAT = '/chat-context-rag-demo'

/** Opens a page and signs a development wallet in; gives its private key. */
export async function openSignedIn(page: Page, path: string, privateKey?: string): Promise<string> {
  await page.goto(path)
  return signIn(page, privateKey)
}

/** Signs in by the hook for automation; gives the private key. */
export async function signIn(page: Page, privateKey?: string): Promise<string> {
  await page.waitForFunction(() => window.s5Harness !== undefined)
  const key = await page.evaluate((known) => window.s5Harness?.signInWithDevelopmentWallet(known), privateKey)
  return key ?? ''
}

/** A signed-in chat page with a session begun. `delayMs` is between two words of an answer. */
export async function openChat(
  page: Page,
  { delayMs = 0, privateKey = undefined as string | undefined } = {},
) {
  await page.addInitScript((ms) => localStorage.setItem('harness-demo-delay-ms', String(ms)), delayMs)
  const key = await openSignedIn(page, CHAT, privateKey)
  await page.getByTestId('start-session').click()
  await expect(page.getByTestId('composer')).toBeVisible()
  return key
}

export async function send(page: Page, text: string): Promise<void> {
  await page.getByTestId('composer').fill(text)
  await page.getByTestId('composer').press('Enter')
}

export function messages(page: Page, role?: 'user' | 'assistant') {
  return page.locator(`[data-testid="message"]${role === undefined ? '' : `[data-role="${role}"]`}`)
}

/** Waits until everything that was written is on S5. */
export async function save(page: Page): Promise<void> {
  await page.getByTestId('save-button').click()
  await expect(page.locator('.save-success')).toBeVisible()
}
