import { fromBase64url, toBase64url } from '../bytes/base64url'
import { CorruptDataError } from '../errors/data-errors'
import type { Portal } from '../portal/portal'

const SEED_BYTES = 32
const ID_SEED_BYTES = 12

/** One portal account as S5 clients keep it. */
export interface AccountRecord {
  url: string
  /** base64url of 32 bytes: with the identity it gives the account key. */
  seed: string
  /** ISO 8601. */
  createdAt: string
}

/** `accounts.json`. Members that this client does not know are kept as they are. */
export interface AccountsDocument {
  accounts: Record<string, AccountRecord>
  active: string[]
  uploadOrder: { default: string[] }
}

export const NO_ACCOUNTS: AccountsDocument = { accounts: {}, active: [], uploadOrder: { default: [] } }

/** @throws CorruptDataError */
export function parseAccounts(value: unknown): AccountsDocument {
  if (!isAccountsDocument(value)) throw new CorruptDataError('Not a list of portal accounts')
  return value
}

/** The id of our account at a host: an active one if there is a choice. */
export function findAccountId({ accounts, active }: AccountsDocument, host: string): string | undefined {
  // Compared as a whole: `host` is also the beginning of `host:port`.
  const isAtHost = (id: string) => id.slice(0, id.lastIndexOf(':')) === host && Object.hasOwn(accounts, id)
  return active.find(isAtHost) ?? Object.keys(accounts).find(isAtHost)
}

/** The document with one account more, the last one in the order of uploads. */
export function addAccount(document: AccountsDocument, portal: Portal, seed: Uint8Array): AccountsDocument {
  const id = accountId(portal, seed)
  const record = { url: portal.origin, seed: toBase64url(seed), createdAt: new Date().toISOString() }
  return {
    ...document,
    accounts: { ...document.accounts, [id]: record },
    active: [...document.active, id],
    uploadOrder: { ...document.uploadOrder, default: [...document.uploadOrder.default, id] },
  }
}

/** The host and the first 12 bytes of the account seed. */
export function accountId(portal: Portal, seed: Uint8Array): string {
  return `${portal.host}:${toBase64url(seed.subarray(0, ID_SEED_BYTES))}`
}

/** The 32-byte account seed. @throws CorruptDataError */
export function seedOf({ accounts }: AccountsDocument, id: string): Uint8Array {
  const seed = fromBase64url(accounts[id]?.seed ?? '')
  if (seed?.length !== SEED_BYTES) throw new CorruptDataError('A portal account without a seed')
  return seed
}

function isAccountsDocument(value: unknown): value is AccountsDocument {
  const { accounts, active, uploadOrder } = Object(value)
  const areRecords = isObject(accounts) && Object.values(accounts).every(isAccountRecord)
  return areRecords && isTextList(active) && isObject(uploadOrder) && isTextList(Object(uploadOrder).default)
}

function isAccountRecord(value: unknown): boolean {
  const { url, seed } = Object(value)
  return typeof url === 'string' && typeof seed === 'string'
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isTextList(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}
