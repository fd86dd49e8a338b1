import { portalKeySeed } from '../account/user-accounts'
import { fromBase64url, toBase64url } from '../bytes/base64url'
import type { CryptoImplementation } from '../crypto/crypto-implementation'
import { newKeyPairEd25519, signEd25519 } from '../crypto/ed25519'
import type { KeyPairEd25519 } from '../crypto/key-pair'
import { InvalidInputError, UnsupportedError } from '../errors/caller-errors'
import type { CallOptions } from '../http/call-options'
import type { TransferStats } from '../http/transfer-stats'
import { cidToHash } from '../identifier/parse-cid'
import { generateSeedPhrase } from '../identity/seed-phrase'
import { S5UserIdentity } from '../identity/user-identity'
import type { ConnectionStatus } from '../p2p/peer-network'
import { Portal } from '../portal/portal'
import { PortalSession } from '../portal/portal-session'
import { createParts, DEFAULT_TIMEOUT_MS, type S5Parts } from './create-parts'
import { PortalApi } from './portal-api'
import type { DownloadOptions, S5APIInterface } from './s5-api'
import type { S5CreateOptions } from './s5-options'

const ACCOUNT_SEED_BYTES = 32

/** A client of the S5 network, acting for one user by way of portals and peers. */
export class S5 {
  readonly api: S5APIInterface
  readonly #parts: S5Parts

  private constructor(parts: S5Parts) {
    this.#parts = parts
    this.api = new PortalApi({ ...parts, logIn: (call) => parts.user.logIn(call) })
  }

  /**
   * A client that is ready for calls. Loads the identity from the store if it holds one; asks no portal.
   * Dials all `initialPeers`, and is ready when the first of them has finished the handshake.
   * @throws NoPeerAnsweredError when there are peers and none finishes it within `timeoutMs`
   * @throws InvalidInputError for a portal that is not an http(s) URL, or a peer that is not a ws(s) URL
   * @throws CorruptDataError when the store holds something else in place of an identity
   */
  static async create(options: S5CreateOptions = {}): Promise<S5> {
    const parts = createParts(options)
    await parts.network.connect(options.timeoutMs ?? DEFAULT_TIMEOUT_MS)
    const s5 = new S5(parts)
    try {
      if (!options.skipIdentityLoad) await parts.user.loadStored()
      return s5
    } catch (error) {
      s5.close()
      throw error
    }
  }

  /** Kept for callers of the upstream client; this one writes no files. */
  static initDataPath(_path: string): void {}

  get crypto(): CryptoImplementation {
    return this.#parts.crypto
  }

  get hasIdentity(): boolean {
    return this.identity !== undefined
  }

  get identity(): S5UserIdentity | undefined {
    return this.#parts.user.identity
  }

  /** @throws UnsupportedError */
  get fs(): never {
    throw new UnsupportedError('The file system (fs)')
  }

  /** A new phrase of 15 words: whoever has it is the user. */
  generateSeedPhrase(): string {
    this.#parts.scope.requireOpen()
    return generateSeedPhrase()
  }

  /**
   * Becomes the user of this phrase: reads the list of portal accounts and logs in to the portals that
   * are both in it and known here. A wrong phrase changes nothing; after any other failure there is no
   * identity. Without known portals nothing is asked until `ensurePortalAccount`.
   * @throws InvalidSeedPhraseError
   */
  recoverIdentityFromSeedPhrase(phrase: string, options: CallOptions = {}): Promise<void> {
    return this.#parts.scope.run(options, async (call) => {
      await this.#parts.user.become(S5UserIdentity.fromSeedPhrase(phrase), call)
    })
  }

  /**
   * Makes a new account and adds it to the user's list.
   * @throws AccountExistsError `User already has an account on this service!`
   * @throws NotAuthenticatedError `No identity available`
   */
  registerOnNewPortal(url: string, inviteCode?: string, options: CallOptions = {}): Promise<void> {
    return this.#parts.scope.run(options, (call) =>
      this.#withPortal(url, (portal) => this.#parts.user.accounts().register(portal, inviteCode, call)),
    )
  }

  /**
   * Logs in with the account that the user has on this portal, or else makes one.
   * Devices that do this at the same time end with the same account.
   * @throws NotAuthenticatedError `No identity available`
   */
  ensurePortalAccount(url: string, inviteCode?: string, options: CallOptions = {}): Promise<void> {
    return this.#parts.scope.run(options, (call) =>
      this.#withPortal(url, (portal) => this.#parts.user.accounts().ensure(portal, inviteCode, call)),
    )
  }

  /** Uses a token for this session only. It cannot be renewed when it expires. */
  setPortalAuth(portalUrl: string, authToken: string): void {
    this.#parts.scope.requireOpen()
    const session = new PortalSession(new Portal(portalUrl), authToken)
    this.#parts.portals.add(session.portal)
    this.#parts.sessions.open(session)
  }

  /**
   * Adds an account that was registered elsewhere to the user's list.
   * @param seed the 32 bytes of the account seed, or their base64url
   * @throws AccountExistsError
   */
  storePortalCredentials(
    portalUrl: string,
    seed: string | Uint8Array,
    authToken: string,
    options: CallOptions = {},
  ): Promise<void> {
    return this.#parts.scope.run(options, (call) => {
      const bytes = seedBytes(seed)
      if (bytes.length !== ACCOUNT_SEED_BYTES) throw new InvalidInputError('An account seed has 32 bytes')
      return this.#withPortal(portalUrl, (portal) =>
        this.#parts.user.accounts().adopt(portal, bytes, authToken, call),
      )
    })
  }

  /** base64url of 0xed and the public key. @param seed base64url: the portal key of that seed instead */
  async getSigningPublicKey(seed?: string): Promise<string> {
    return this.#withSigningKey(seed, async (keyPair) => toBase64url(keyPair.publicKey))
  }

  /** base64url of the 64-byte signature, by the key that `getSigningPublicKey` names. */
  async sign(data: Uint8Array, seed?: string): Promise<string> {
    return this.#withSigningKey(seed, async (keyPair) => toBase64url(await signEd25519(keyPair, data)))
  }

  /**
   * The verified bytes of a blob. The CID is a hash or a blob identifier, as bytes or multibase (b, z, u, f).
   * @throws BlobNotFoundError only when every portal said so
   * @throws CorruptDataError for another CID, or when a portal sends other bytes
   */
  async downloadByCID(cid: string | Uint8Array, options: DownloadOptions = {}): Promise<Uint8Array> {
    return this.api.downloadBlobAsBytes(cidToHash(cid), options)
  }

  /** Of the peers; portals are asked over HTTP and have no connection that lasts. */
  getConnectionStatus(): ConnectionStatus {
    return this.#parts.network.status
  }

  /**
   * Calls back at once with the status, and again at each event of a peer, even if it stays the same.
   * @returns a function that ends it
   */
  onConnectionChange(callback: (status: ConnectionStatus) => void): () => void {
    return this.#parts.network.onStatus(callback)
  }

  /**
   * Drops all connections to peers and dials all of them at once, without waiting for the next attempt.
   * Resolves when the first is connected; a second call meanwhile joins the first.
   * @throws ReconnectionTimeoutError after 10 seconds; dialling goes on
   */
  async reconnect(): Promise<void> {
    this.#parts.scope.requireOpen()
    await this.#parts.network.reconnect()
  }

  getTransferStats(): TransferStats {
    return this.#parts.transport.stats
  }

  /** Ends calls under way and hangs up on peers, forgets tokens and blobs, wipes all secrets. Later calls throw ClosedError. */
  close(): void {
    this.#parts.scope.close()
    this.#parts.transport.close()
    this.#parts.network.close()
    this.#parts.user.forget()
    this.#parts.cache.clear()
  }

  async #withSigningKey<T>(
    seed: string | undefined,
    use: (keyPair: KeyPairEd25519) => Promise<T>,
  ): Promise<T> {
    this.#parts.scope.requireOpen()
    const identity = this.#parts.user.requireIdentity()
    const keyPair = await (seed === undefined
      ? identity.signingKeyPair()
      : newKeyPairEd25519(portalKeySeed(identity, seedBytes(seed))))
    try {
      return await use(keyPair)
    } finally {
      keyPair.privKey.wipe()
    }
  }

  /** A portal that is new here stays known only if the task succeeds. */
  async #withPortal(url: string, task: (portal: Portal) => Promise<void>): Promise<void> {
    const { portals } = this.#parts
    const candidate = new Portal(url)
    const isNew = !portals.has(candidate.host)
    const portal = portals.add(candidate)
    try {
      await task(portal)
    } catch (error) {
      if (isNew) portals.remove(portal)
      throw error
    }
  }
}

function seedBytes(seed: string | Uint8Array): Uint8Array {
  const bytes = typeof seed === 'string' ? fromBase64url(seed) : seed
  if (bytes === undefined) throw new InvalidInputError('A seed is given as base64url')
  return bytes
}
