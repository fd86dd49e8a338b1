import { blake3 } from '@noble/hashes/blake3.js'
import { newKeyPairEd25519 } from '../crypto/ed25519'
import type { KeyPairEd25519 } from '../crypto/key-pair'
import { Secret } from '../crypto/secret'
import { ClosedError } from '../errors/caller-errors'
import { deriveByNumber } from './key-derivation'
import { packSeeds, SEED_NUMBER, SEED_NUMBERS, type SeedNumber, unpackSeeds } from './packed-seeds'
import { seedPhraseToEntropy } from './seed-phrase'

const PUBLIC_BRANCH = 1
const PRIVATE_BRANCH = 64
const FIRST_PRIVATE_NUMBER = 64
const ROTATION = 0

/** The eleven seeds that an S5 user is made of. They print as `<redacted>`. */
export class S5UserIdentity {
  readonly #seedByNumber: ReadonlyMap<number, Secret>

  private constructor(seedByNumber: ReadonlyMap<number, Secret>) {
    this.#seedByNumber = seedByNumber
  }

  /** The same phrase gives the same identity in every S5 client. @throws InvalidSeedPhraseError */
  static fromSeedPhrase(phrase: string): S5UserIdentity {
    const entropy = seedPhraseToEntropy(phrase)
    const main = deriveByNumber(blake3(entropy.reveal()), 0)
    entropy.wipe()
    const publicBranch = deriveByNumber(deriveByNumber(main, PUBLIC_BRANCH), ROTATION)
    const privateBranch = deriveByNumber(deriveByNumber(main, PRIVATE_BRANCH), ROTATION)
    const seeds = SEED_NUMBERS.map((number): [number, Secret] => {
      const branch = number < FIRST_PRIVATE_NUMBER ? publicBranch : privateBranch
      return [number, new Secret(deriveByNumber(branch, number))]
    })
    for (const intermediate of [main, publicBranch, privateBranch]) intermediate.fill(0)
    return new S5UserIdentity(new Map(seeds))
  }

  /** Reads what `pack` wrote. @throws CorruptDataError */
  static unpack(bytes: Uint8Array): S5UserIdentity {
    return new S5UserIdentity(unpackSeeds(bytes))
  }

  /** All seeds in the clear, in the form that S5 clients keep locally: as secret as the phrase itself. */
  pack(): Uint8Array {
    return packSeeds((number) => this.#seed(number).reveal())
  }

  /** Seed of the key that speaks for the user in public. */
  get signingKey(): Secret {
    return this.#seed(SEED_NUMBER.signing)
  }

  /** Root of the keys of portal accounts. */
  get portalAccountSeed(): Secret {
    return this.#seed(SEED_NUMBER.portalAccounts)
  }

  /** Root of the keys of small private documents. */
  get hiddenDBKey(): Secret {
    return this.#seed(SEED_NUMBER.hiddenDb)
  }

  /** Root of the keys of the user's file system. */
  get fsRootKey(): Secret {
    return this.#seed(SEED_NUMBER.fileSystem)
  }

  signingKeyPair(): Promise<KeyPairEd25519> {
    return newKeyPairEd25519(this.signingKey.reveal())
  }

  /** Overwrites all seeds: the identity cannot be used any more. */
  wipe(): void {
    for (const seed of this.#seedByNumber.values()) seed.wipe()
  }

  #seed(number: SeedNumber): Secret {
    const seed = this.#seedByNumber.get(number)
    if (seed === undefined) throw new ClosedError('An incomplete identity')
    return seed
  }
}
