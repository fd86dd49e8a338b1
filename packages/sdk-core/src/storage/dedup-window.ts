import type { CommitReceipt } from './conversation-store'
import { LruMap } from './lru-map'

/** How long an outcome is remembered unless the caller says otherwise, in ms. */
const WINDOW_MS = 5 * 60_000
const KEPT_OUTCOMES = 1024

interface KnownOutcome {
  inputDigest: string
  receipt: CommitReceipt
  expiresAt: number
}

/** The whole outcomes of idempotency keys used lately by this SDK. */
export class DedupWindow {
  readonly #outcomes = new LruMap<string, KnownOutcome>(KEPT_OUTCOMES)

  find(conversationId: string, key: string): KnownOutcome | undefined {
    const known = this.#outcomes.get(nameOf(conversationId, key))
    return known !== undefined && known.expiresAt > Date.now() ? known : undefined
  }

  remember(
    conversationId: string,
    key: string,
    inputDigest: string,
    receipt: CommitReceipt,
    windowMs = WINDOW_MS,
  ): void {
    this.#outcomes.set(nameOf(conversationId, key), {
      inputDigest,
      receipt,
      expiresAt: Date.now() + windowMs,
    })
  }
}

/** Neither part holds control characters. */
function nameOf(conversationId: string, key: string): string {
  return `${conversationId}\n${key}`
}
