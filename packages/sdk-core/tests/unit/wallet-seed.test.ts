import { hkdfSync } from 'node:crypto'
import { getAddress, Signature, TypedDataEncoder, Wallet } from 'ethers'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checksumAddress } from '../../src/auth/address'
import { readSignature } from '../../src/auth/wallet-signature'
import { typedDataDigest, walletSeedTypedData } from '../../src/auth/wallet-typed-data'
import { entropyOfSignature } from '../../src/crypto/signature-entropy'
import { entropyToSeedPhrase } from '../../src/storage/stores/s5-seed-phrase'
import vectors from '../../test-vectors/wallet-seed.json'
import { createEthersWallet } from '../support/wallets'

/** The order of secp256k1. */
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const word = (value: bigint) => value.toString(16).padStart(64, '0')

async function sign(wallet = createEthersWallet()) {
  const data = walletSeedTypedData(wallet.address)
  const signature = Signature.from(await wallet.signTypedData(data.domain, data.types, data.message))
  const read = (encoded: string, address = wallet.address) =>
    hex(readSignature(encoded, typedDataDigest(data), address))
  return { wallet, signature, read, rs: signature.r.slice(2) + signature.s.slice(2) }
}

describe('Test vectors of the wallet seed', () => {
  it.each(vectors)('$comment', async ({ privateKey, address, digest, signature, entropy, seedPhrase }) => {
    const data = walletSeedTypedData(address)
    expect(hex(typedDataDigest(data))).toBe(digest)
    expect(await new Wallet(privateKey).signTypedData(data.domain, data.types, data.message)).toBe(
      `0x${signature}`,
    )
    const derived = entropyOfSignature(readSignature(`0x${signature}`, typedDataDigest(data), address))
    expect(hex(derived)).toBe(entropy)
    expect(entropyToSeedPhrase(derived)).toBe(seedPhrase)
  })

  it('agree with the EIP-712 of ethers and the HKDF of Node', () => {
    for (const { address, digest, signature, entropy } of vectors) {
      const { domain, types, message } = walletSeedTypedData(address)
      expect(TypedDataEncoder.hash(domain, types, message)).toBe(`0x${digest}`)
      const rs = Buffer.from(signature.slice(0, 128), 'hex')
      expect(Buffer.from(hkdfSync('sha256', rs, 's5-conversations/v1', 'wallet', 16)).toString('hex')).toBe(
        entropy,
      )
    }
  })
})

describe('What a wallet is asked to sign', () => {
  it('says what it opens and warns, and names no chain', () => {
    const { domain, message } = walletSeedTypedData(createEthersWallet().address)
    expect(Object.keys(domain)).toEqual(['name', 'version'])
    expect(message.purpose).toMatch(/key to all/)
    expect(message.purpose).toMatch(/only in an application that you trust/)
  })

  it('is the same for every letter case of an address, and any address has one spelling: that of ethers', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 20, maxLength: 20 }), (bytes) => {
        const lower = `0x${hex(bytes)}`
        const upper = `0x${hex(bytes).toUpperCase()}`
        expect(checksumAddress(lower)).toBe(getAddress(lower))
        expect(walletSeedTypedData(upper)).toEqual(walletSeedTypedData(lower))
        expect(walletSeedTypedData(getAddress(lower))).toEqual(walletSeedTypedData(lower))
      }),
    )
  })

  it.each([
    ['no text', 7],
    ['too short', '0xabc'],
    ['a wrong checksum', '0xF39Fd6e51aad88F6F4ce6aB8827279cffFb92266'],
  ])('is INVALID_INPUT for an address that is %s', (_, address) => {
    expect(() => walletSeedTypedData(address as string)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', path: 'signer.address' }),
    )
  })
})

describe('A signature', () => {
  it('gives the same bytes in every encoding: any v, yParity, or compact (EIP-2098)', async () => {
    for (let i = 0; i < 8; i++) {
      const { signature, read, rs } = await sign()
      const ends = ['00', '01', '1b', '1c', '25', '26', '9f'].map((v) => `0x${rs}${v}`)
      for (const encoded of [...ends, signature.compactSerialized, `0x${rs.toUpperCase()}1b`]) {
        expect(read(encoded)).toBe(rs)
      }
    }
  })

  it('with a high s is refused as malleable, whatever its v', async () => {
    const { signature, read } = await sign()
    const high = signature.r.slice(2) + word(ORDER - BigInt(signature.s))
    for (const v of ['1b', '1c'])
      expect(() => read(`0x${high}${v}`)).toThrow(
        expect.objectContaining({ code: 'INVALID_INPUT', message: expect.stringContaining('malleable') }),
      )
  })

  it('with r or s out of range is refused', async () => {
    const { signature, read } = await sign()
    const [r, s] = [signature.r.slice(2), signature.s.slice(2)]
    for (const rs of [word(0n) + s, r + word(0n), word(ORDER) + s, r + word(ORDER), 'f'.repeat(128)]) {
      expect(() => read(`0x${rs}1b`)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }))
    }
  })

  it('that is no hexadecimal text is refused', async () => {
    const { read, rs } = await sign()
    for (const wrong of [
      '',
      'signed',
      rs,
      `0x${rs}1`,
      `0x${rs.slice(2)}zz`,
      undefined as unknown as string,
    ]) {
      expect(() => read(wrong)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }))
    }
  })

  it('of another key, of another length or with one bit changed is that of no such account', async () => {
    const { read, rs, signature } = await sign()
    const other = await sign()
    const flipped = word(BigInt(signature.r) ^ 1n) + signature.s.slice(2)
    for (const foreign of [
      `0x${other.rs}1b`,
      `0x${rs}`.slice(0, -2),
      `0x${rs}1b00`,
      `0x${flipped}1b`,
      '0x',
    ]) {
      expect(() => read(foreign)).toThrow(
        expect.objectContaining({
          code: 'UNSUPPORTED',
          name: 'UnsupportedWalletError',
          message: expect.stringContaining('recovery phrase'),
        }),
      )
    }
  })
})
