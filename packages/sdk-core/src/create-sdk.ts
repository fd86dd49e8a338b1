import { bytesToHex } from '@noble/hashes/utils.js'
import type { ConversationInput } from './conversation/types'
import { KeyRing } from './crypto/keys'
import { randomBytes } from './crypto/platform'
import { InvalidInputError } from './errors/input-errors'
import { StorageManager, type StorageManagerOptions, type StorageResult } from './managers/StorageManager'
import { type Logger, silentLogger } from './observe/log'
import { createCounters, type StorageCounters } from './observe/stats'
import type { ConversationStore } from './storage/conversation-store'
import type { SaveOptions } from './storage/save-options'
import { connectS5, readSeedPhrase } from './storage/stores/s5-network'
import { S5Store } from './storage/stores/s5-store'

export interface PortalOptions {
  /** Base URLs of S5 portals. Each keeps everything; the first is preferred for reading. */
  portals: readonly string[]
  /** How many portals have to acknowledge a save, from 1 to all of them. @default a majority */
  writeQuorum?: number
  /** The owner's 15 S5 words. */
  seedPhrase: string
  /** Lets a new identity register where the portal asks for it. */
  inviteCode?: string
  /** Names this device in what it writes; each running SDK adds a random part of its own. */
  deviceId?: string
}

export interface StoreOptions {
  /** Where conversations are kept instead of on S5. Closed with the SDK. */
  store: ConversationStore
}

export type CreateSdkOptions = (PortalOptions | StoreOptions) & {
  /** @default says nothing */
  logger?: Logger
}

/** The SDK of one identity. */
export interface Sdk {
  readonly storage: StorageManager
  /** The same as `storage.saveConversation`. */
  saveConversation(conversation: ConversationInput, options?: SaveOptions): Promise<StorageResult>
  /** Waits for what is being saved, then lets go of keys, timers and connections. */
  close(): Promise<void>
}

/**
 * Signs in and gives the SDK of one identity.
 * @throws InvalidInputError (says which word of the phrase is wrong), StoreUnavailableError,
 * NotAuthenticatedError
 * @example
 * const sdk = await createSdk({ portals: ['http://127.0.0.1:5522'], seedPhrase })
 * await sdk.storage.appendMessage('first', { role: 'user', content: 'Hello' })
 * await sdk.close()
 */
export async function createSdk(options: CreateSdkOptions): Promise<Sdk> {
  const counters = createCounters()
  const log = options.logger ?? silentLogger
  const opened = 'store' in options ? openStore(options) : await openPortal(options, counters, log)
  const storage = new StorageManager({ ...opened, counters, log })
  return {
    storage,
    saveConversation: (conversation, saveOptions) => storage.saveConversation(conversation, saveOptions),
    close: () => storage.close(),
  }
}

type OpenedStore = Pick<StorageManagerOptions, 'store' | 'lockScope'>

function openStore({ store }: StoreOptions): OpenedStore {
  return { store, lockScope: 's5-conversations/store' }
}

async function openPortal(
  options: PortalOptions,
  counters: StorageCounters,
  log: Logger,
): Promise<OpenedStore> {
  const portals = parsePortals(options.portals)
  const writeQuorum = parseWriteQuorum(options.writeQuorum, portals.length)
  if (typeof options.seedPhrase !== 'string') throw new InvalidInputError('seedPhrase', 'must be a string')
  const entropy = readSeedPhrase(options.seedPhrase)
  const keyRing = new KeyRing(entropy)
  entropy.fill(0)
  const network = await connectS5({
    portals,
    log,
    seedPhrase: options.seedPhrase,
    ...(writeQuorum === undefined ? {} : { writeQuorum }),
    ...(options.inviteCode === undefined ? {} : { inviteCode: options.inviteCode }),
  })
  const nameThis = () => nameInstance(options.deviceId)
  const store = new S5Store({ network, keyRing, nameInstance: nameThis, counters, log })
  return { store, lockScope: keyRing.lockScope() }
}

function parsePortals(portals: unknown): string[] {
  if (!Array.isArray(portals) || portals.length === 0) {
    throw new InvalidInputError(
      'portals',
      'name a portal; `npx s5-portal` starts one on http://127.0.0.1:5522',
    )
  }
  const origins = portals.map((portal, i) => {
    if (typeof portal !== 'string' || !URL.canParse(portal) || !/^https?:$/.test(new URL(portal).protocol)) {
      throw new InvalidInputError(`portals[${i}]`, 'must be an http or https URL')
    }
    return new URL(portal).origin
  })
  const again = origins.findIndex((origin, i) => origins.indexOf(origin) !== i)
  if (again !== -1) throw new InvalidInputError(`portals[${again}]`, 'names a portal for the second time')
  return portals
}

function parseWriteQuorum(quorum: unknown, portals: number): number | undefined {
  if (quorum === undefined) return undefined
  if (!Number.isInteger(quorum) || Number(quorum) < 1 || Number(quorum) > portals) {
    throw new InvalidInputError('writeQuorum', `must be an integer from 1 to ${portals}`)
  }
  return Number(quorum)
}

/** No two instances ever share a name: the clock of a head tells their commits apart. */
function nameInstance(deviceId: string | undefined): string {
  const instance = bytesToHex(randomBytes(6))
  return deviceId === undefined ? instance : `${deviceId}.${instance}`
}
