import { expect, it, vi } from 'vitest'
import { cdp } from 'vitest/browser'
import { type ChatMessage, MessageList, Notifications, SdkProvider } from '../../src/index'
import '../../styles.css'
import { find, mount, startSdk, until, violationsIn } from '../support/page'

const messages = (count: number, length = 1): ChatMessage[] =>
  Array.from({ length: count }, (_, i) => ({
    id: String(i),
    role: i % 2 === 0 ? 'user' : 'assistant',
    content: `${i} ${'word '.repeat(length * (1 + (i % 7)))}`,
    createdAt: i,
    status: 'saved',
  }))

const inBox = (list: ChatMessage[]) => (
  <>
    <style>{'.s5-messages { height: 400px; width: 300px }'}</style>
    <MessageList messages={list} />
  </>
)

/** The messages that are in the document. */
const drawnIn = (place: Element) => [...place.querySelectorAll('[data-testid="message"]')]
const isAtEnd = ({ scrollHeight, clientHeight, scrollTop }: Element) =>
  scrollHeight - clientHeight - scrollTop < 2

it('Of ten thousand messages a few are in the document: the last at first, and whatever is scrolled to', async () => {
  const { place } = mount(inBox(messages(10_000)))
  const box = await find(place, 'message-list')
  await until(() => expect(place.textContent).toContain('9999 word'))
  await until(() => expect(isAtEnd(box)).toBe(true))
  box.scrollTop = 0
  await until(() => expect(drawnIn(place)[0]?.getAttribute('aria-posinset')).toBe('1'))
  box.scrollTop = box.scrollHeight / 2
  await until(() => {
    const places = drawnIn(place).map((each) => Number(each.getAttribute('aria-posinset')))
    expect(places.some((each) => each > 3000 && each < 7000)).toBe(true)
    expect(places.length).toBeLessThan(200)
  })
  const inSight = drawnIn(place).filter((each) => {
    const [message, around] = [each.getBoundingClientRect(), box.getBoundingClientRect()]
    return message.bottom > around.top && message.top < around.bottom
  })
  expect(inSight.length).toBeGreaterThan(0)
})

it('Ten thousand messages scroll without long frames', async () => {
  const { place } = mount(inBox(messages(10_000)))
  const box = await find(place, 'message-list')
  await until(() => expect(isAtEnd(box)).toBe(true))
  const frames: number[] = []
  for (let i = 0; i < 60; i += 1) {
    const start = performance.now()
    box.scrollTop -= 400
    await new Promise((resolve) => requestAnimationFrame(resolve))
    frames.push(performance.now() - start)
  }
  const [median = 1000] = frames.sort((a, b) => a - b).slice(30)
  expect(median).toBeLessThan(100)
})

it('A list stays at its end while it grows, and where it is while somebody reads further up', async () => {
  const list = messages(100)
  const { place, render } = mount(inBox(list))
  const box = await find(place, 'message-list')
  await until(() => expect(isAtEnd(box)).toBe(true))
  render(inBox([...list, ...messages(10, 20).map((each) => ({ ...each, id: `new ${each.id}` }))]))
  await until(() => expect(box.querySelectorAll('[aria-setsize="110"]').length).toBeGreaterThan(0))
  await until(() => expect(isAtEnd(box)).toBe(true))
  box.scrollTop -= 500
  await until(() => expect(isAtEnd(box)).toBe(false))
  const { scrollTop } = box
  render(inBox(messages(140)))
  await until(() => expect(box.querySelectorAll('[aria-setsize="140"]').length).toBeGreaterThan(0))
  await new Promise((resolve) => requestAnimationFrame(resolve))
  expect(Math.abs(box.scrollTop - scrollTop)).toBeLessThan(400)
  expect(isAtEnd(box)).toBe(false)
})

it('A list has no fault that axe finds', async () => {
  const { place } = mount(inBox(messages(30)))
  await until(() => expect(drawnIn(place).length).toBeGreaterThan(0))
  expect(await violationsIn(place)).toEqual([])
})

it('Notifications are shown with how often they came, acted on and dismissed, and have no fault that axe finds', async () => {
  const sdk = await startSdk()
  const { place } = mount(
    <SdkProvider sdk={sdk}>
      <Notifications />
    </SdkProvider>,
  )
  await find(place, 'notifications')
  const again = vi.fn()
  sdk.notifications.error('Not sent', 'Try again.', { actions: [{ label: 'Again', run: again }] })
  sdk.notifications.error('Not sent', 'Try again.', { actions: [{ label: 'Again', run: again }] })
  sdk.notifications.showPersistenceNotification('offline')
  sdk.notifications.success('Saved', '<b>all</b>')
  await until(() => expect(place.querySelectorAll('[data-testid="notification"]')).toHaveLength(3))
  expect((await find(place, 'notification-count')).textContent).toBe(' ×2')
  expect(place.textContent).toContain('<b>all</b>')
  expect(await violationsIn(place)).toEqual([])
  const [error, offline] = [...place.querySelectorAll<HTMLElement>('[data-testid="notification"]')]
  expect([error?.getAttribute('role'), offline?.getAttribute('role')]).toEqual(['alert', 'status'])
  error?.querySelector('button')?.click()
  expect(again).toHaveBeenCalledTimes(1)
  error?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }))
  ;(await find(offline ?? place, 'notification-dismiss')).click()
  await until(() => expect(place.querySelectorAll('[data-testid="notification"]')).toHaveLength(1))
})

/** What Playwright's session to Chromium offers of what is needed here. */
interface DevTools {
  send(method: string, parameters: object): Promise<unknown>
}

it('Whoever wants less motion gets none', async () => {
  const session = cdp() as unknown as DevTools
  const features = [{ name: 'prefers-reduced-motion', value: 'reduce' }]
  await session.send('Emulation.setEmulatedMedia', { features })
  const banner = document.createElement('div')
  banner.className = 'stale-session-banner'
  document.body.append(banner)
  expect(getComputedStyle(banner).animationName).toBe('none')
  banner.remove()
  await session.send('Emulation.setEmulatedMedia', { features: [] })
})
