/** The results of `task` for all items, in their order; at most `atOnce` run at a time. */
export async function mapInParallel<T, R>(
  items: readonly T[],
  atOnce: number,
  task: (item: T) => Promise<R>,
): Promise<R[]> {
  const results = new Map<number, R>()
  const waiting = items.entries()
  const worker = async () => {
    for (const [index, item] of waiting) results.set(index, await task(item))
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker))
  return items.map((_, index) => results.get(index) as R)
}
