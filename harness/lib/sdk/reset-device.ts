import { pageSession } from './page-session'

/** Forgets everything that this browser keeps of all identities: also what was not sent yet. */
export async function resetDevice(): Promise<void> {
  await pageSession.signOut()
  const databases = await indexedDB.databases()
  await Promise.all(databases.map(({ name }) => name !== undefined && deleteDatabase(name)))
  localStorage.clear()
  location.assign('/')
}

/** One that another tab holds open goes when that tab does. */
function deleteDatabase(name: string): Promise<void> {
  return new Promise((resolve) => {
    const request = indexedDB.deleteDatabase(name)
    request.onsuccess = request.onerror = request.onblocked = () => resolve()
  })
}
