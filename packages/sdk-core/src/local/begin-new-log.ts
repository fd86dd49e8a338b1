import { untilAborted } from '../storage/until-aborted'

const NAME = 's5-conversations/new-log'
/** What takes longer, in ms, goes on by itself: nobody may wait for ever to read or save. */
const PATIENCE_MS = 1_000

let begun: Promise<void> | undefined

/**
 * Has Chromium begin a new log for all databases of this origin, once for each page, in a few ms. A browser that is
 * killed may leave half a record at the end of the log; Chromium appends to it, finds the damage when it starts the
 * next time, and deletes all that the origin has. Deleting any database moves what the log holds elsewhere.
 */
export function beginNewLog(): Promise<void> {
  begun ??= isChromium() ? deleteSoon() : Promise.resolve()
  return begun
}

function isChromium(): boolean {
  const { userAgentData } = (globalThis.navigator ?? {}) as {
    userAgentData?: { brands: { brand: string }[] }
  }
  return userAgentData?.brands.some(({ brand }) => brand === 'Chromium') ?? false
}

/** What is wrong with the databases of this origin is said by whoever opens one. */
function deleteSoon(): Promise<void> {
  return untilAborted(AbortSignal.timeout(PATIENCE_MS), deleteSomeDatabase()).catch(() => {})
}

async function deleteSomeDatabase(): Promise<void> {
  const database = await resultOf(indexedDB.open(NAME))
  database.close()
  await resultOf(indexedDB.deleteDatabase(NAME))
}

function resultOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}
