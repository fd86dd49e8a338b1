import { createSdk, type Generate, generateSeedPhrase, type Sdk } from '@s5-conversations/sdk-core'
import { type ReactNode, StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { inject, onTestFinished } from 'vitest'

/** A device without a database: several of them in one page are several devices. */
export async function startSdk(seedPhrase = generateSeedPhrase()): Promise<Sdk> {
  const sdk = await createSdk({ portals: [inject('portalUrl')], seedPhrase, local: false })
  onTestFinished(() => sdk.close())
  return sdk
}

/** Renders into a place of its own; gives back that place and how to render again, and to unmount. */
export function mount(node: ReactNode) {
  const place = document.createElement('div')
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
