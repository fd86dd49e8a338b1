import { equalBytes } from '../bytes/bytes'
import { verifyEd25519 } from '../crypto/ed25519'
import type { KeyPairEd25519 } from '../crypto/key-pair'
import { randomBytes } from '../crypto/random'
import { CorruptDataError } from '../errors/data-errors'
import { decodeSignedContent } from './decode-message'
import { encodeMessage, signMessage } from './encode-message'
import type { PeerAddress } from './peer-address'
import { type PeerMessage, SUPPORTED_FEATURES } from './peer-message'

const CHALLENGE_BYTES = 64

/** Our side of the S5 handshake: each signs what the other drew by lot, and so shows that it has its key. */
export class Handshake {
  readonly #keyPair: KeyPairEd25519
  readonly #address: PeerAddress
  readonly #challenge = randomBytes(CHALLENGE_BYTES)

  constructor(keyPair: KeyPairEd25519, address: PeerAddress) {
    this.#keyPair = keyPair
    this.#address = address
  }

  /** What we send first. */
  open(): Uint8Array<ArrayBuffer> {
    return encodeMessage({ type: 'handshakeOpen', challenge: this.#challenge })
  }

  /** What we answer to the challenge of the other side. */
  answer(challenge: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
    const features = SUPPORTED_FEATURES
    return signMessage(this.#keyPair, { type: 'handshakeDone', challenge, features, uris: [] })
  }

  /**
   * Whether a signed message is the answer to our challenge; false for another kind of message.
   * @throws CorruptDataError for a wrong signature, challenge or node, and for one that we cannot talk to
   */
  async isAnswered(message: Extract<PeerMessage, { type: 'signed' }>): Promise<boolean> {
    const content = decodeSignedContent(message.content)
    if (content.type !== 'handshakeDone') return false
    const { signer, signature } = message
    if (!equalBytes(content.challenge, this.#challenge)) throw refused('it signed another challenge')
    if (content.features !== SUPPORTED_FEATURES) throw refused('it lacks features of S5 nodes')
    // A mirror would let us answer our own challenge.
    if (equalBytes(signer, this.#keyPair.publicKey)) throw refused('it has our own key')
    const { nodeId } = this.#address
    if (nodeId !== undefined && !equalBytes(signer, nodeId)) throw refused('it is another node')
    if (!(await verifyEd25519(signer, message.content, signature))) throw refused('its signature is wrong')
    return true
  }
}

function refused(reason: string): CorruptDataError {
  return new CorruptDataError(`The peer failed the handshake: ${reason}`)
}
