import { InvalidInputError } from '../errors/caller-errors'
import { callSafely } from '../events/listeners'
import type { PeerConnection } from '../p2p/peer-connection'
import type { PeerNetwork } from '../p2p/peer-network'
import type { RegistryEntry } from './entry'
import { isRegistryKey } from './entry-shape'

/** Tells of new registry entries as peers push them, and asks for those missed while not connected. */
export class RegistrySubscriptions {
  readonly #network: PeerNetwork
  readonly #keys = new Set<Uint8Array>()

  constructor(network: PeerNetwork) {
    this.#network = network
    network.onConnected((connection) => {
      for (const pk of distinct(this.#keys)) ask(connection, pk)
    })
  }

  /**
   * Calls back with the current entry and then with every later one, each of a higher revision than the last.
   * @returns a function that ends it
   */
  listen(pk: Uint8Array, onEntry: (entry: RegistryEntry) => void): () => void {
    if (!isRegistryKey(pk)) throw new InvalidInputError('A registry key is 0xed and 32 bytes')
    const key = pk.slice()
    let revision = -1
    const stop = this.#network.mail.onEntry(key, (entry) => {
      if (entry.revision <= revision) return
      revision = entry.revision
      callSafely(onEntry, copyOf(entry))
    })
    this.#keys.add(key)
    for (const connection of this.#network.connections()) ask(connection, key)
    return () => {
      stop()
      this.#keys.delete(key)
    }
  }
}

function ask(connection: PeerConnection, pk: Uint8Array): void {
  connection.sendIfOpen({ type: 'registryQuery', pk })
}

function distinct(keys: Iterable<Uint8Array>): Iterable<Uint8Array> {
  return new Map([...keys].map((key) => [String(key), key])).values()
}

// Listeners share what the peer sent, and none may spoil it for the others.
function copyOf({ pk, revision, data, signature }: RegistryEntry): RegistryEntry {
  return { pk: pk.slice(), revision, data: data.slice(), signature: signature.slice() }
}
