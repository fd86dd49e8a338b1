/** @param {number[]} values */
export function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

/**
 * How long `task` takes, in ms.
 * @param {() => Promise<unknown>} task
 */
export async function timed(task) {
  const start = performance.now()
  await task()
  return performance.now() - start
}

/**
 * The median time of `times` runs of `task` one after another, in ms.
 * @param {number} times
 * @param {(run: number) => Promise<unknown>} task
 */
export async function medianTime(times, task) {
  const values = []
  for (let run = 0; run < times; run += 1) values.push(await timed(() => task(run)))
  return median(values)
}
