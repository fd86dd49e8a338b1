import { createSdk, type Generate, generateSeedPhrase, type Sdk } from '@s5-conversations/sdk-core'
import axe from 'axe-core'
import { type ReactNode, StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { expect, inject, onTestFinished, vi } from 'vitest'
import { type AIChat, useAIChat } from '../../src/use-ai-chat'

/** A device without a database: several of them in one page are several devices. */
export async function startSdk(seedPhrase = generateSeedPhrase()): Promise<Sdk> {
  const sdk = await createSdk({ portals: [inject('portalUrl')], seedPhrase, local: false })
  onTestFinished(() => sdk.close())
  return sdk
}

/** Renders, strictly, into a place of its own; gives back that place and how to render again, and to unmount. */
export function mount(node: ReactNode) {
  const place = document.createElement('main')
  document.body.append(place)
  const root = createRoot(place)
  const render = (next: ReactNode) => root.render(<StrictMode>{next}</StrictMode>)
  const unmount = () => root.unmount()
  onTestFinished(() => {
    unmount()
    place.remove()
  })
  render(node)
  return { place, render, unmount }
}

/** Says what was said last, word by word. */
export const parrot: Generate = async function* ({ messages }) {
  for (const word of String(messages.at(-1)?.content).split(' ')) yield `${word} `
}

/** A chat as the last render saw it, and how many renders there were. */
export interface Seen {
  chat: AIChat
  renders: number
}

/** Shows a chat, and tells `seen` of each render. */
export function Chat({
  id,
  seen,
  generate = parrot,
}: {
  id: string
  seen: Partial<Seen>
  generate?: Generate
}) {
  const chat = useAIChat({ conversationId: id, generate })
  seen.chat = chat
  seen.renders = (seen.renders ?? 0) + 1
  return (
    <ul>
      {chat.messages.map((message) => (
        <li key={message.id}>{String(message.content)}</li>
      ))}
    </ul>
  )
}

/** The texts that a chat shows. */
export function textsOf({ chat }: Partial<Seen>): unknown[] {
  return (chat?.messages ?? []).map(({ content }) => content)
}

/** Waits until `seen` was loaded; gives it back with its chat. */
export async function untilReady(seen: Partial<Seen>): Promise<Seen> {
  await until(() => expect(seen.chat?.status).toBe('ready'))
  return seen as Seen
}

export function until<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, { timeout: 15_000, interval: 20 })
}

/** The part with this test id; waits for it. */
export function find(place: ParentNode, testId: string): Promise<HTMLElement> {
  return until(() => {
    const found = place.querySelector<HTMLElement>(`[data-testid="${testId}"]`)
    if (found === null) throw new Error(`there is no ${testId}`)
    return found
  })
}

/** What axe finds wrong: nothing, it is hoped. */
export async function violationsIn(place: Element): Promise<string[]> {
  const { violations } = await axe.run(place)
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
}
