/** What an SDK of the first schema leaves open, and does not close for anybody. */
export async function holdOldDatabase(factory: IDBFactory, name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = factory.open(name, 10)
    request.onupgradeneeded = () => {
      const { result: database } = request
      database.createObjectStore('conversations', { keyPath: 'id' })
      const messages = database.createObjectStore('messages', { keyPath: ['conversationId', 'id'] })
      messages.createIndex('[conversationId+writes]', ['conversationId', 'writes'])
      const outbox = database.createObjectStore('outbox', { keyPath: 'seq', autoIncrement: true })
      outbox.createIndex('conversationId', 'conversationId')
      outbox.createIndex('messageIds', 'messageIds', { multiEntry: true })
      database.createObjectStore('settings', { keyPath: 'name' })
    }
    request.onsuccess = () => resolve(request.result)
    request.onerror = reject
  })
}
