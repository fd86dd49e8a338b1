/** Waits for `promise`, whatever comes of it, but no longer than `ms`. */
export async function settledWithin(ms: number, promise: Promise<unknown>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  await Promise.race([promise.then(noop, noop), patience])
  clearTimeout(timer)
}

function noop(): void {}
