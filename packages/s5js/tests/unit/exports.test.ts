import { expect, test } from 'vitest'
import * as s5js from '../../src/index'

test('the public names are these and no others', () => {
  expect(Object.keys(s5js).sort()).toEqual([
    'AccountExistsError',
    'BlobIdentifier',
    'BlobNotFoundError',
    'ClosedError',
    'CorruptDataError',
    'DeadlineExceededError',
    'InvalidInputError',
    'InvalidSeedPhraseError',
    'JSCryptoImplementation',
    'KeyPairEd25519',
    'MemoryKeyValueStore',
    'NoPortalsError',
    'NotAuthenticatedError',
    'PortalRejectedError',
    'PortalUnreachableError',
    'RegistryConflictError',
    'S5',
    'S5Error',
    'S5UserIdentity',
    'Secret',
    'UnsupportedError',
    'createRegistryEntry',
    'deserializeRegistryEntry',
    'entropyToSeedPhrase',
    'generateSeedPhrase',
    'hashBlake3',
    'seedPhraseToEntropy',
    'serializeRegistryEntry',
    'validateSeedPhrase',
    'verifyRegistryEntry',
  ])
})
