import type { Head } from '../../src/conversation/head'
import { readCapability } from '../../src/crypto/capability'
import { type ConversationKeys, KeyRing, keysOfGrant } from '../../src/crypto/keys'
import { SharingKeys } from '../../src/crypto/sharing-keys'
import { openHead, sealHead } from '../../src/storage/head-codec'
import type { Network, PointerKey, PortalAnswer } from '../../src/storage/network'
import { connectS5 } from '../../src/storage/stores/s5-network'
import { readSeedPhrase } from '../../src/storage/stores/s5-seed-phrase'
import { closeAfterTest } from './fixture'

const signal = () => AbortSignal.timeout(10_000)

/** A co-writer who kept every key she was given, and does with them what the SDK never would. */
export class Eve {
  readonly keys: ConversationKeys
  readonly network: Network
  readonly #pointer: PointerKey

  static async with(portal: string, seedPhrase: string, capability: string): Promise<Eve> {
    const { letter } = readCapability(new SharingKeys(new KeyRing(readSeedPhrase(seedPhrase))), capability)
    if ('revoked' in letter) throw new Error('a capability is no revocation')
    const network = closeAfterTest(await connectS5({ portals: [portal], seedPhrase }))
    const keys = keysOfGrant(letter.grant, letter.grant.id)
    return new Eve(keys, network, await network.pointerKey(keys.registryKey(), () => {}))
  }

  private constructor(keys: ConversationKeys, network: Network, pointer: PointerKey) {
    this.keys = keys
    this.network = network
    this.#pointer = pointer
  }

  async current(): Promise<PortalAnswer['pointer']> {
    const [{ pointer } = {}] = await this.#pointer.readPointers(signal())
    return pointer
  }

  /** What her pointer names, opened by her keys. */
  async read(): Promise<Head> {
    const pointer = await this.current()
    return (await this.open(pointer?.hash ?? new Uint8Array(32))).head
  }

  async open(hash: Uint8Array) {
    const blob = await this.network.download(hash, 2 ** 24, signal())
    if (blob === undefined) throw new Error('there is no such blob')
    return openHead(blob, this.keys)
  }

  /** Makes any head she likes the current one of her pointer. */
  async forge(
    head: Head,
    { keys = this.keys, revision }: { keys?: ConversationKeys; revision?: number } = {},
  ) {
    const sealed = await sealHead(head, 'xsalsa20-poly1305', keys, this.network)
    this.#pointer.learn(sealed.hash, [], head)
    const before = await this.current()
    if (before === undefined) throw new Error('there is nothing to replace')
    this.#pointer.learn(before.hash, [], head)
    const prepared = await this.#pointer.prepare([sealed.blob], [], signal())
    const base = { revision: (revision ?? before.revision + 1) - 1, isSettled: true }
    await prepared.move(sealed.hash, base, false, signal())
  }
}

/** `head` without what says that it was closed, with one more message. */
export function reopened({ moved: _, ...head }: Head, text: string): Head {
  const version = head.version + 1
  const order = head.lastOrder + 1
  const body = { role: 'user', content: text, createdAt: order }
  const record = { id: `forged ${version}`, order, stamp: order, device: 'eve', version, body }
  return {
    ...head,
    version,
    lastOrder: order,
    messageCount: head.messageCount + 1,
    tail: [...head.tail, record],
    clock: { ...head.clock, eve: version },
  }
}
