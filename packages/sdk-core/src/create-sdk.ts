import type { WalletOptions } from './auth/wallet-options'
import { refuseUnknownFields } from './conversation/message'
import type { ConversationInput } from './conversation/types'
import { InvalidInputError, UnsupportedError } from './errors/input-errors'
import { LocalStoreError } from './errors/local-errors'
import type { Outbox } from './local/outbox'
import { AtomicConversationService } from './managers/AtomicConversationService'
import { AuthStateManager, type SignedOutStorage, type StorageAccount } from './managers/AuthStateManager'
import { SessionManager } from './managers/SessionManager'
import { StorageManager } from './managers/StorageManager'
import { defaultLogger } from './observe/debug-log'
import type { Logger } from './observe/log'
import { NotificationService } from './observe/notification-service'
import { createCounters } from './observe/stats'
import { closeStorage, type Local, localOptions, type Parts } from './sdk-parts'
import type { ConversationStore } from './storage/conversation-store'
import type { SaveOptions } from './storage/save-options'
import type { StorageResult } from './storage/storage-result'
import { createSignedOutStore } from './storage/stores/signed-out-store'

/** Conversations on S5: where, whose, and whether on this device, too. */
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
   * @default with `local` the database of this device; else nothing: calls are `NOT_AUTHENTICATED` then
   */
  signedOut?: ConversationStore
  /**
   * Saves are durable in IndexedDB first, and reach the portals when they can; see `outbox`. Reads do without
   * portals, too.
   * @default on in browsers that have IndexedDB, off in Node
   */
  local?: boolean
}

/** Conversations in a store of the caller. */
export interface StoreOptions {
  /** Where conversations are kept instead of on S5. Closed with the SDK. */
  store: ConversationStore
}

/** Where conversations are kept: on portals of S5, or in a store. */
export type CreateSdkOptions = (PortalOptions | StoreOptions) & {
  /** @default says nothing, unless `localStorage.s5_conversations_debug` is `'true'` */
  logger?: Logger
}

/** The SDK of one identity at a time. */
export interface Sdk {
  readonly auth: AuthStateManager
  /** That of who is signed in: another one after each sign-in and sign-out. */
  readonly storage: StorageManager
  /** Those of `storage`; they end with it. */
  readonly sessions: SessionManager
  /** What `storage` has still to send, where it saves on this device first; else `undefined`. */
  readonly outbox: Outbox | undefined
  readonly conversations: AtomicConversationService
  readonly notifications: NotificationService
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
  const parts = createParts(options.logger ?? defaultLogger())
  const { sessions, outboxes, notifications } = parts
  const auth = 'store' in options ? authOfStore(options, parts) : await authOfPortals(options, parts)
  const conversations = new AtomicConversationService({
    storage: () => auth.storage,
    notify: (kind, notice) => void notifications.showPersistenceNotification(kind, notice),
  })
  return {
    auth,
    conversations,
    notifications,
    get outbox() {
      return outboxes.get(auth.storage)
    },
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
      notifications.close()
    },
  }
}

function createParts(log: Logger): Parts {
  const onError = (error: unknown) => log.warn({ error }, 'A listener of notifications failed')
  const notifications = new NotificationService({ onError })
  return { counters: createCounters(), log, sessions: new WeakMap(), outboxes: new WeakMap(), notifications }
}

/** What keeps conversations on this device, fetched only where it is used. */
async function loadLocal({ local }: PortalOptions): Promise<Local | undefined> {
  const hasDatabase = typeof indexedDB !== 'undefined'
  const isBrowser = typeof window !== 'undefined'
  if (local === true && !hasDatabase) throw new LocalStoreError('missing')
  return (local ?? (isBrowser && hasDatabase)) ? import('./local/open-local-first') : undefined
}

function sessionsOf(storage: StorageManager, { sessions }: Parts): SessionManager {
  const known = sessions.get(storage) ?? new SessionManager({ storage })
  sessions.set(storage, known)
  return known
}

function authOfStore({ store, ...rest }: StoreOptions, parts: Parts): AuthStateManager {
  refuseUnknownFields(rest, ['logger'], 'options')
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
    signedOut: signedOutStorage(undefined, undefined, parts),
  })
}

const WALLET_OPTIONS = ['signer', 'confirmNewIdentity', 'deviceStorage', 'walletTimeoutMs', 'logger']

async function authOfPortals(options: PortalOptions, parts: Parts): Promise<AuthStateManager> {
  const {
    portals,
    writeQuorum,
    seedPhrase,
    signedOut,
    inviteCode,
    deviceId,
    local: _,
    ...walletOptions
  } = options
  refuseUnknownFields({ ...walletOptions }, WALLET_OPTIONS, 'options')
  const place = {
    portals: parsePortals(portals),
    log: parts.log,
    ...(writeQuorum === undefined ? {} : { writeQuorum: parseWriteQuorum(writeQuorum, portals.length) }),
    ...(inviteCode === undefined ? {} : { inviteCode }),
  }
  const [{ openAccount }, local] = await Promise.all([import('./portal-account'), loadLocal(options)])
  refuseUnclearOwner(options, local !== undefined)
  const auth = new AuthStateManager({
    ...walletOptions,
    ...parts,
    openAccount: (entropy, wallet) => openAccount(entropy, wallet, place, deviceId, local, parts),
    signedOut: signedOutStorage(signedOut, local, parts),
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

function refuseUnclearOwner({ seedPhrase, signer, signedOut }: PortalOptions, isLocal: boolean): void {
  if (seedPhrase !== undefined && signer !== undefined) {
    throw new InvalidInputError('signer', 'give a seedPhrase or a signer, not both')
  }
  if (seedPhrase === undefined && signer === undefined && signedOut === undefined && !isLocal) {
    throw new InvalidInputError(
      'seedPhrase',
      'give a seedPhrase, a signer, or a signedOut store to begin with',
    )
  }
}

function signedOutStorage(
  given: ConversationStore | undefined,
  local: Local | undefined,
  parts: Parts,
): SignedOutStorage {
  const lockScope = 's5-conversations/signed-out'
  const kept = given ?? local?.openLocalOnly({ ...localOptions(parts), scope: lockScope })
  const storage = new StorageManager({ ...parts, store: kept ?? createSignedOutStore(), lockScope })
  return { storage, isKept: kept !== undefined }
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
