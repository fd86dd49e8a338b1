import { bytesToHex } from '@noble/hashes/utils.js'
import { createSharingIdentity, type SharingSigner } from './auth/sharing-address'
import type { WalletOptions } from './auth/wallet-options'
import type { ConversationInput } from './conversation/types'
import { KeyRing } from './crypto/keys'
import { randomBytes } from './crypto/platform'
import { InvalidInputError, UnsupportedError } from './errors/input-errors'
import { AuthStateManager, type SignedOutStorage, type StorageAccount } from './managers/AuthStateManager'
import { SessionManager } from './managers/SessionManager'
import { StorageManager } from './managers/StorageManager'
import { type Logger, silentLogger } from './observe/log'
import { createCounters, type StorageCounters } from './observe/stats'
import { catalogExists } from './storage/catalog-exists'
import type { ConversationStore } from './storage/conversation-store'
import type { SaveOptions } from './storage/save-options'
import type { StorageResult } from './storage/storage-result'
import { LazyNetwork } from './storage/stores/lazy-network'
import { type ConnectOptions, connectS5, entropyToSeedPhrase } from './storage/stores/s5-network'
import { S5Store } from './storage/stores/s5-store'
import { createSignedOutStore } from './storage/stores/signed-out-store'

export interface PortalOptions extends WalletOptions {
  /** Base URLs of S5 portals. Each keeps everything; the first is preferred for reading. */
  portals: readonly string[]
  /** How many portals have to acknowledge a save, from 1 to all of them. @default a majority */
  writeQuorum?: number
  /** The owner's 15 S5 words. Left out: a `signer` signs in, or somebody does later. */
  seedPhrase?: string
  /** Lets a new identity register where the portal asks for it. */
  inviteCode?: string
  /** Names this device in what it writes; each running SDK adds a random part of its own. */
  deviceId?: string
  /**
   * Keeps what is written while nobody is signed in, until it moves to who signs in. Closed with the SDK.
   * @default nothing: calls are `NOT_AUTHENTICATED` then
   */
  signedOut?: ConversationStore
}

export interface StoreOptions {
  /** Where conversations are kept instead of on S5. Closed with the SDK. */
  store: ConversationStore
}

export type CreateSdkOptions = (PortalOptions | StoreOptions) & {
  /** @default says nothing */
  logger?: Logger
}

/** The SDK of one identity at a time. */
export interface Sdk {
  readonly auth: AuthStateManager
  /** That of who is signed in: another one after each sign-in and sign-out. */
  readonly storage: StorageManager
  /** Those of `storage`; they end with it. */
  readonly sessions: SessionManager
  /** The same as `storage.saveConversation`. */
  saveConversation(conversation: ConversationInput, options?: SaveOptions): Promise<StorageResult>
  /** Stops streams, waits for what is being saved, then lets go of keys, timers and connections. */
  close(): Promise<void>
}

/**
 * Signs in, if there is a `seedPhrase` or a `signer`, and gives the SDK. A phrase is signed in on the portals at
 * once, a wallet at the first call.
 * @throws InvalidInputError (says which word of the phrase is wrong), StoreUnavailableError,
 * NotAuthenticatedError, and for a signer as {@link AuthStateManager.signIn}
 * @example
 * const sdk = await createSdk({ portals: ['http://127.0.0.1:5522'], seedPhrase })
 * await sdk.storage.appendMessage('first', { role: 'user', content: 'Hello' })
 * await sdk.close()
 */
export async function createSdk(options: CreateSdkOptions): Promise<Sdk> {
  const sessions: Parts['sessions'] = new WeakMap()
  const parts = { counters: createCounters(), log: options.logger ?? silentLogger, sessions }
  const auth = 'store' in options ? authOfStore(options, parts) : await authOfPortals(options, parts)
  return {
    auth,
    get storage() {
      return auth.storage
    },
    get sessions() {
      return sessionsOf(auth.storage, parts)
    },
    saveConversation: (conversation, saveOptions) => auth.storage.saveConversation(conversation, saveOptions),
    close: async () => {
      await sessions.get(auth.storage)?.close()
      await auth.close()
    },
  }
}

interface Parts {
  counters: StorageCounters
  log: Logger
  sessions: WeakMap<StorageManager, SessionManager>
}

function sessionsOf(storage: StorageManager, { sessions }: Parts): SessionManager {
  const known = sessions.get(storage) ?? new SessionManager({ storage })
  sessions.set(storage, known)
  return known
}

/** Sessions save what they have to before their storage ends. */
async function closeStorage(storage: StorageManager, { sessions }: Parts): Promise<void> {
  await sessions.get(storage)?.close()
  await storage.close()
}

function authOfStore({ store }: StoreOptions, parts: Parts): AuthStateManager {
  const storage = new StorageManager({ ...parts, store, lockScope: 's5-conversations/store' })
  const account: StorageAccount = {
    storage,
    hasCatalog: async () => true,
    connect: async () => {},
    close: () => closeStorage(storage, parts),
  }
  const openAccount = () => {
    throw new UnsupportedError('nobody signs in where conversations are kept in a store that was given')
  }
  return new AuthStateManager({
    ...parts,
    account,
    openAccount,
    signedOut: signedOutStorage(undefined, parts),
  })
}

async function authOfPortals(options: PortalOptions, parts: Parts): Promise<AuthStateManager> {
  const { portals, writeQuorum, seedPhrase, signedOut, inviteCode, deviceId, ...walletOptions } = options
  const place = {
    portals: parsePortals(portals),
    log: parts.log,
    ...(writeQuorum === undefined ? {} : { writeQuorum: parseWriteQuorum(writeQuorum, portals.length) }),
    ...(inviteCode === undefined ? {} : { inviteCode }),
  }
  refuseUnclearOwner(options)
  const auth = new AuthStateManager({
    ...walletOptions,
    ...parts,
    openAccount: (entropy, wallet) => openAccount(entropy, wallet, place, deviceId, parts),
    signedOut: signedOutStorage(signedOut, parts),
  })
  try {
    if (seedPhrase === undefined) await auth.initialize()
    else await auth.signIn({ seedPhrase, connect: 'now' })
    return auth
  } catch (error) {
    await auth.close()
    throw error
  }
}

function refuseUnclearOwner({ seedPhrase, signer, signedOut }: PortalOptions): void {
  if (seedPhrase !== undefined && signer !== undefined) {
    throw new InvalidInputError('signer', 'give a seedPhrase or a signer, not both')
  }
  if (seedPhrase === undefined && signer === undefined && signedOut === undefined) {
    throw new InvalidInputError(
      'seedPhrase',
      'give a seedPhrase, a signer, or a signedOut store to begin with',
    )
  }
}

function signedOutStorage(store: ConversationStore | undefined, parts: Parts): SignedOutStorage {
  const lockScope = 's5-conversations/signed-out'
  const storage = new StorageManager({ ...parts, store: store ?? createSignedOutStore(), lockScope })
  return { storage, isKept: store !== undefined }
}

function openAccount(
  entropy: Uint8Array,
  wallet: SharingSigner | undefined,
  place: Omit<ConnectOptions, 'seedPhrase'>,
  deviceId: string | undefined,
  parts: Parts,
): StorageAccount {
  const keyRing = new KeyRing(entropy)
  const kept = entropy.slice()
  entropy.fill(0)
  const network = new LazyNetwork(() => connectS5({ ...place, seedPhrase: entropyToSeedPhrase(kept) }))
  const identity = createSharingIdentity(keyRing.sharingKeys(), wallet)
  const store = new S5Store({
    ...parts,
    network,
    keyRing,
    identity,
    nameInstance: () => nameInstance(deviceId),
  })
  const storage = new StorageManager({ ...parts, store, lockScope: keyRing.lockScope() })
  return {
    storage,
    hasCatalog: (signal) => catalogExists(() => connectS5(place), keyRing, signal),
    connect: async () => {
      await network.connect()
    },
    close: async () => {
      await closeStorage(storage, parts)
      identity.keys.wipe()
      kept.fill(0)
    },
  }
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

function parseWriteQuorum(quorum: unknown, portals: number): number {
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
