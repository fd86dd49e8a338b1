import { expect, test } from 'vitest'
import {
  accountId,
  addAccount,
  findAccountId,
  NO_ACCOUNTS,
  parseAccounts,
} from '../../src/account/accounts-document'
import { challengeResponse } from '../../src/account/challenge'
import { hiddenDocumentKeys } from '../../src/account/hidden-document'
import { portalKeySeed } from '../../src/account/user-accounts'
import { deriveByName } from '../../src/identity/key-derivation'
import { CorruptDataError, JSCryptoImplementation, S5UserIdentity } from '../../src/index'
import { Portal } from '../../src/portal/portal'
import { fromHex, toHex } from '../support/hex'
import vectors from '../vectors/accounts.json'
import identityVectors from '../vectors/identity.json'

const crypto = new JSCryptoImplementation()
const identity = S5UserIdentity.fromSeedPhrase(identityVectors.phrase.text)
const seed = fromHex(vectors.account.seedHex)
const portal = new Portal('http://127.0.0.1:5522/some/path?query')

test('accounts.json lies under the keys where upstream looks for it', async () => {
  const { path, ...expected } = vectors.hiddenDocument
  const root = identity.hiddenDBKey.reveal()
  const keys = hiddenDocumentKeys(root, path)
  expect(toHex(deriveByName(root, new TextEncoder().encode(path)))).toBe(expected.segmentKey)
  expect(toHex(keys.pathKey)).toBe(expected.pathKey)
  expect(toHex(keys.writeKey)).toBe(expected.writeKey)
  expect(toHex(keys.encryptionKey)).toBe(expected.encryptionKey)
  expect(toHex((await crypto.newKeyPairEd25519(keys.writeKey)).publicKey)).toBe(expected.publicKey)
})

test('an account has the key and the id that upstream gives it', async () => {
  const { publicKey } = await crypto.newKeyPairEd25519(portalKeySeed(identity, seed))
  expect(Buffer.from(publicKey).toString('base64url')).toBe(vectors.account.publicKey)
  expect(accountId(portal, seed)).toBe(`127.0.0.1:5522:${vectors.account.idSuffix}`)
})

test('a registration challenge is answered as upstream answers it', async () => {
  const { host, challengeHex, responseHex, signatureHex } = vectors.registration
  const keyPair = await crypto.newKeyPairEd25519(portalKeySeed(identity, seed))
  const response = await challengeResponse('register', fromHex(challengeHex), host)
  expect(portal.host).toBe(host)
  expect(toHex(response)).toBe(responseHex)
  expect(toHex(await crypto.signEd25519(keyPair, response))).toBe(signatureHex)
})

test('an added account is found by host and port, and what was there stays', () => {
  const before = parseAccounts({ ...NO_ACCOUNTS, laterMember: [1] })
  const after = addAccount(before, portal, seed)
  const id = accountId(portal, seed)
  expect(findAccountId(after, '127.0.0.1:5522')).toBe(id)
  expect(findAccountId(after, '127.0.0.1')).toBeUndefined()
  expect(after).toMatchObject({ laterMember: [1], active: [id], uploadOrder: { default: [id] } })
  expect(after.accounts[id]).toMatchObject({
    url: portal.origin,
    seed: Buffer.from(seed).toString('base64url'),
  })
  expect(before.active).toEqual([])
})

test('a list of accounts of another shape is corrupt', () => {
  const wrong = [
    null,
    [],
    {},
    { ...NO_ACCOUNTS, active: [1] },
    { ...NO_ACCOUNTS, accounts: { a: 1 } },
    { ...NO_ACCOUNTS, uploadOrder: {} },
  ]
  for (const value of wrong) expect(() => parseAccounts(value)).toThrow(CorruptDataError)
})
