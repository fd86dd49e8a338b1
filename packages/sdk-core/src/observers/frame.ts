/** Runs a task once, soon. */
export type OnFrame = (task: () => void) => void

/** Of a page that is hidden, and of Node: how long the task waits, in ms. */
const WITHOUT_FRAMES_MS = 50

/** With the next frame of the page; a hidden page has none, and is told by a timer. */
export const onNextFrame: OnFrame = (task) => {
  const { document, requestAnimationFrame } = globalThis as Partial<typeof globalThis>
  if (requestAnimationFrame === undefined || document?.visibilityState !== 'visible') {
    setTimeout(task, WITHOUT_FRAMES_MS)
  } else requestAnimationFrame(task)
}
