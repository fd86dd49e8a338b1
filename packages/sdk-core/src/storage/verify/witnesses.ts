import { CorruptRecordError, DecryptionFailedError } from '../../errors/storage-errors'
import type { Pointer, Witness } from '../network'
import type { Place } from '../place'
import type { DamageKind } from './report'

/** What one portal said when it was asked for something: that, nothing, or why it is of no use. */
export type Testimony<T> =
  | { witness: Witness; found: T }
  | { witness: Witness; damage: DamageKind; message: string }

export function askForPointer(
  witness: Witness,
  place: Place,
  signal: AbortSignal,
): Promise<Testimony<Pointer>> {
  return ask(witness, signal, async () => {
    const key = await witness.pointerKey(place.keys.registryKey())
    return key.readPointer(signal)
  })
}

export function askForBlob(
  witness: Witness,
  hash: Uint8Array,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Testimony<Uint8Array>> {
  return ask(witness, signal, () => witness.download(hash, maxBytes, signal))
}

async function ask<T>(
  witness: Witness,
  signal: AbortSignal,
  question: () => Promise<T | undefined>,
): Promise<Testimony<T>> {
  try {
    const found = await question()
    return found === undefined ? { witness, damage: 'missing', message: 'is not there' } : { witness, found }
  } catch (error) {
    signal.throwIfAborted()
    return { witness, ...damageOf(error) }
  }
}

/** What an error says of the record that it is about. */
export function damageOf(error: unknown): { damage: DamageKind; message: string } {
  const message = error instanceof Error ? error.message : String(error)
  if (error instanceof DecryptionFailedError) return { damage: 'wrong-key', message }
  return { damage: error instanceof CorruptRecordError ? 'corrupt' : 'unreachable', message }
}
