import { createHash, timingSafeEqual } from 'node:crypto'

/** @returns the SHA-256 of a secret: what is stored and compared in its place. */
export function digestSecret(secret: string): Uint8Array {
  return createHash('sha256').update(secret).digest()
}

/** @returns whether `candidate` is one of `secrets`, in a time that depends on their number only. */
export function isOneOf(secrets: readonly string[], candidate: string): boolean {
  const digest = digestSecret(candidate)
  const matches = secrets.filter((secret) => timingSafeEqual(digestSecret(secret), digest))
  return matches.length > 0
}
