import { generateSeedPhrase } from '@s5-conversations/sdk-core'
import { expect, it, onTestFinished, vi } from 'vitest'
import { userEvent } from 'vitest/browser'
import {
  reportStaleSession,
  SdkProvider,
  StaleSessionBanner,
  useStaleSessionHandler,
  withStaleSession,
} from '../../src/index'
import '../../styles.css'
import {
  Chat,
  find,
  mount,
  type Seen,
  startSdk,
  textsOf,
  until,
  untilReady,
  violationsIn,
} from '../support/page'

/** Two pages with one identity and one conversation: the second one has taken it over, the first one did not save. */
async function startConflict() {
  const seedPhrase = generateSeedPhrase()
  const pages = await Promise.all(
    [0, 1].map(async () => {
      const sdk = await startSdk(seedPhrase)
      const seen: Partial<Seen> = {}
      const { place } = mount(
        <SdkProvider sdk={sdk}>
          <StaleSessionBanner />
          <Chat id="one" seen={seen} />
        </SdkProvider>,
      )
      return { sdk, seen, place, chat: (await untilReady(seen)).chat }
    }),
  )
  const [a, b] = pages
  if (a === undefined || b === undefined) throw new Error('there are two')
  await a.chat.stream('first of a')
  await until(() => expect(textsOf(b.seen)).toEqual(['first of a', 'first of a ']))
  await b.chat.send('of b')
  await a.chat.send('<b>unsaved</b> of a')
  const banner = await find(a.place, 'stale-session-banner')
  await find(banner, 'stale-session-merge')
  return { a, b, banner }
}

const bannerIn = (place: Element) => place.querySelector('[data-testid="stale-session-banner"]')

it('A save that comes too late shows the banner; work is copied, the page refreshed, and the next save succeeds', async () => {
  const { a, b, banner } = await startConflict()
  expect(banner.className).toBe('stale-session-banner')
  expect(banner.querySelector('.stale-session-icon')?.textContent).toBe('⚠')
  expect(banner.querySelector('.stale-session-content .stale-session-text')?.textContent).toBe(
    'Your session is out of dateAnother session made changes. Your unsaved work cannot be applied.',
  )
  expect(bannerIn(b.place)).toBeNull()
  const copy = await find(banner, 'stale-session-copy')
  expect(copy.textContent).toBe('Copy my work')
  await userEvent.click(copy)
  await until(async () =>
    expect((await find(banner, 'stale-session-copied')).textContent).toBe(
      'Copied! You can paste after refreshing',
    ),
  )
  expect(await navigator.clipboard.readText()).toBe('<b>unsaved</b> of a')
  const refresh = await find(banner, 'stale-session-refresh')
  expect(refresh).toMatchObject({ textContent: 'Refresh to get latest', className: 'stale-session-refresh' })
  refresh.click()
  await until(() => expect(bannerIn(a.place)).toBeNull())
  expect(textsOf(a.seen)).toContain('of b')
  expect(await a.chat.send('pasted')).toMatchObject({ status: 'saved' })
  const stored = await b.sdk.storage.loadConversation('one')
  expect(stored?.messages.some(({ content }) => content === 'pasted')).toBe(true)
  expect(stored?.messages.some(({ content }) => content === '<b>unsaved</b> of a')).toBe(false)
})

it('The banner shows what is new, and adds what is unsaved after it', async () => {
  const { a, b, banner } = await startConflict()
  const missing = await find(banner, 'stale-session-missing')
  missing.querySelector('summary')?.click()
  await until(() => expect(missing.textContent).toContain('user: of b'))
  ;(await find(banner, 'stale-session-merge')).click()
  await until(() => expect(bannerIn(a.place)).toBeNull())
  await until(async () => {
    const stored = await b.sdk.storage.loadConversation('one')
    expect(stored?.messages.at(-1)?.content).toBe('<b>unsaved</b> of a')
  })
})

it('The banner keeps what is unsaved as a branch', async () => {
  const { a, b, banner } = await startConflict()
  ;(await find(banner, 'stale-session-branch')).click()
  await until(() => expect(bannerIn(a.place)).toBeNull())
  await until(async () => {
    const { messages = [] } = (await b.sdk.storage.loadConversation('one')) ?? {}
    const branch = messages.find(({ content }) => content === '<b>unsaved</b> of a')
    expect(messages.some(({ id }) => id === branch?.parentId)).toBe(true)
  })
})

it('The banner is at the top, above all, readable, and has no fault that axe finds', async () => {
  const { banner } = await startConflict()
  expect(await violationsIn(banner)).toEqual([])
  const { position, top, zIndex } = getComputedStyle(banner)
  expect({ position, top }).toEqual({ position: 'fixed', top: '0px' })
  expect(Number(zIndex)).toBeGreaterThan(1_000_000)
  expect(banner.getAttribute('role')).toBe('alert')
})

it('Escape dismisses the banner, and the focus goes back to where it was', async () => {
  const field = document.createElement('input')
  document.body.append(field)
  onTestFinished(() => field.remove())
  field.focus()
  const { a, banner } = await startConflict()
  ;(await find(banner, 'stale-session-copy')).focus()
  banner.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }))
  await until(() => expect(bannerIn(a.place)).toBeNull())
  await until(() => expect(document.activeElement).toBe(field))
})

it('Where nothing can be copied, work is offered for download', async () => {
  const { banner } = await startConflict()
  vi.spyOn(navigator.clipboard, 'write').mockRejectedValue(new Error('refused'))
  vi.spyOn(navigator.clipboard, 'writeText').mockRejectedValue(new Error('refused'))
  onTestFinished(() => void vi.restoreAllMocks())
  ;(await find(banner, 'stale-session-copy')).click()
  await find(banner, 'stale-session-download')
  const links = [...banner.querySelectorAll('a')]
  const contents = await Promise.all(
    links.map(async ({ href, download }) => [download, await (await fetch(href)).text()]),
  )
  expect(contents[0]).toEqual(['unsaved-work.txt', '<b>unsaved</b> of a'])
  expect(JSON.parse(contents[1]?.[1] ?? '')).toMatchObject({ messages: [{ content: '<b>unsaved</b> of a' }] })
  expect(await violationsIn(banner)).toEqual([])
})

function Reported({ onRefresh }: { onRefresh: () => void }) {
  const { staleSession } = useStaleSessionHandler()
  return (
    <>
      <output>{JSON.stringify(staleSession)}</output>
      <StaleSessionBanner unsavedWork="of the application" onRefresh={onRefresh} />
    </>
  )
}

/** What a gateway says to a client that is late. */
const refusal = { error: 'stale_session', local_version: 3, remote_version: 5, status: 409 }

it('An answer over HTTP shows the banner without a provider, and is handed on as it is', async () => {
  const onRefresh = vi.fn()
  const { place } = mount(<Reported onRefresh={onRefresh} />)
  const plain = async () => Response.json(refusal, { status: 409 })
  const response = await withStaleSession(plain)('/v1/conversations/one')
  expect(await response.json()).toEqual(refusal)
  const banner = await find(place, 'stale-session-banner')
  expect(place.querySelector('output')?.textContent).toBe('{"localVersion":3,"remoteVersion":5}')
  await userEvent.click(await find(banner, 'stale-session-copy'))
  await until(async () => expect(await navigator.clipboard.readText()).toBe('of the application'))
  ;(await find(banner, 'stale-session-refresh')).click()
  await until(() => expect(bannerIn(place)).toBeNull())
  expect(onRefresh).toHaveBeenCalledTimes(1)
})

it('Other answers show nothing', async () => {
  const { place } = mount(<Reported onRefresh={() => {}} />)
  const answers = [
    Response.json({ error: 'other' }, { status: 409 }),
    Response.json({ ...refusal, local_version: '<3>' }, { status: 409 }),
    new Response('no JSON', { status: 409 }),
    Response.json(refusal, { status: 200 }),
  ]
  for (const answer of answers) await withStaleSession(async () => answer)('/')
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(bannerIn(place)).toBeNull()
})

it('An error that an application met shows the banner, and only one that is about versions', async () => {
  const seedPhrase = generateSeedPhrase()
  const [one, two] = [await startSdk(seedPhrase), await startSdk(seedPhrase)]
  const { place } = mount(<Reported onRefresh={() => {}} />)
  await one.saveConversation({ id: 'one', messages: [{ role: 'user', content: 'v1' }] })
  await two.storage.appendMessage('one', { role: 'user', content: 'v2' })
  const late = await one.storage
    .saveConversationWithVersion(
      { id: 'one', messages: [{ role: 'user', content: 'late' }] },
      { expectedVersion: 1 },
    )
    .catch((error: unknown) => error)
  expect(reportStaleSession(new Error('something else'))).toBe(false)
  expect(reportStaleSession(late)).toBe(true)
  await find(place, 'stale-session-banner')
  expect(place.querySelector('output')?.textContent).toBe('{"localVersion":1,"remoteVersion":2}')
  ;(await find(place, 'stale-session-refresh')).click()
  await until(() => expect(bannerIn(place)).toBeNull())
})
