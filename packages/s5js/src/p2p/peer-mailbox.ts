import { KeyedListeners } from '../events/listeners'
import { untilAborted } from '../http/with-deadline'
import type { RegistryEntry } from '../registry/entry'
import { verifyRegistryEntry } from '../registry/sign-entry'
import type { PeerConnection } from './peer-connection'
import type { PeerMessage } from './peer-message'
import type { StorageLocation } from './storage-location'

/**
 * Hands what peers say to those who asked for it. Signatures are checked first, and only of what somebody
 * asked for: a peer cannot keep us busy with anything else.
 */
export class PeerMailbox {
  readonly #entries = new KeyedListeners<[RegistryEntry, PeerConnection]>()
  readonly #locations = new KeyedListeners<[StorageLocation, PeerConnection]>()

  /** Never rejects: what does not verify is dropped. */
  async receive(connection: PeerConnection, message: PeerMessage): Promise<void> {
    if (message.type === 'registryEntry') await this.#receiveEntry(connection, message.entry)
    if (message.type === 'storageLocation') await this.#receiveLocation(connection, message.location)
  }

  /** Entries of this key from any peer, answers and pushes alike. @param pk 33 bytes */
  onEntry(pk: Uint8Array, callback: (entry: RegistryEntry, from: PeerConnection) => void): () => void {
    return this.#entries.add(pk, callback)
  }

  /** Locations of this blob that are of use now: an http(s) URL, not expired. @param hash 33 bytes, from 0x1f */
  onLocation(
    hash: Uint8Array,
    callback: (location: StorageLocation, from: PeerConnection) => void,
  ): () => void {
    return this.#locations.add(hash, callback)
  }

  /**
   * The first entry of this key from this peer that is accepted. Rejects when the peer is gone or the
   * signal aborts.
   */
  async nextEntry(
    connection: PeerConnection,
    pk: Uint8Array,
    signal: AbortSignal,
    isAccepted: (entry: RegistryEntry) => boolean = () => true,
  ): Promise<RegistryEntry> {
    const removals: (() => void)[] = []
    const next = new Promise<RegistryEntry>((resolve, reject) => {
      removals.push(connection.onEnd(reject))
      const onEntry = (entry: RegistryEntry, from: PeerConnection) => {
        if (from === connection && isAccepted(entry)) resolve(entry)
      }
      removals.push(this.onEntry(pk, onEntry))
    })
    try {
      return await untilAborted(next, signal)
    } finally {
      for (const remove of removals) remove()
    }
  }

  async #receiveEntry(connection: PeerConnection, entry: RegistryEntry): Promise<void> {
    if (!this.#entries.has(entry.pk) || !(await verifyRegistryEntry(entry))) return
    this.#entries.emit(entry.pk, entry, connection)
  }

  async #receiveLocation(connection: PeerConnection, location: StorageLocation): Promise<void> {
    if (!this.#locations.has(location.hash)) return
    const { LOCATION_KINDS, verifyStorageLocation } = await import('./storage-location')
    if (!LOCATION_KINDS.includes(location.kind) || !isOfUse(location)) return
    if (await verifyStorageLocation(location)) this.#locations.emit(location.hash, location, connection)
  }
}

function isOfUse({ expiresAtSeconds, parts }: StorageLocation): boolean {
  const [url = ''] = parts
  const isCurrent = expiresAtSeconds * 1000 > Date.now()
  return isCurrent && isFetchable(url)
}

function isFetchable(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, username, password } = new URL(text)
  return ['http:', 'https:'].includes(protocol) && username === '' && password === ''
}
