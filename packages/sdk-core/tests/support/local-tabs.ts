import { IDBFactory, IDBKeyRange } from 'fake-indexeddb'
import { createSdk, type Sdk } from '../../src/index'
import { platformConnectivity } from '../../src/local/connectivity'
import { type LocalFirstOptions, openLocalFirst } from '../../src/local/open-local-first'
import type { Outbox } from '../../src/local/outbox'
import { silentLogger } from '../../src/observe/log'
import type { PersistenceKind } from '../../src/observe/persistence-kinds'
import type { ConversationStore } from '../../src/storage/conversation-store'
import { closeAfterTest } from './fixture'

/** One browser: its tabs share what it keeps. */
export interface Device {
  readonly indexedDB: IDBFactory
  readonly scope: string
}

export interface Tab {
  sdk: Sdk
  outbox: Outbox
  notices: PersistenceKind[]
}

let devices = 0

export function createDevice(): Device {
  devices += 1
  return { indexedDB: new IDBFactory(), scope: `device ${devices}` }
}

export function tabOptions(device: Device): LocalFirstOptions {
  return {
    ...device,
    IDBKeyRange,
    log: silentLogger,
    notify: () => {},
    connectivity: platformConnectivity,
  }
}

/** A tab of `device` that sends to `remote`. */
export async function openTab(
  device: Device,
  remote: ConversationStore,
  options: Partial<LocalFirstOptions> = {},
): Promise<Tab> {
  const notices: PersistenceKind[] = []
  const notify = (kind: PersistenceKind) => void notices.push(kind)
  const { store, outbox } = openLocalFirst(remote, { ...tabOptions(device), notify, ...options })
  return { sdk: closeAfterTest(await createSdk({ store })), outbox, notices }
}
