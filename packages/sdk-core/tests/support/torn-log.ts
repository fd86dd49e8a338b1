import { appendFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** The beginning of a record of 309 bytes, without the record: checksum, length, type. */
const HEADER = Uint8Array.of(1, 2, 3, 4, 0x35, 0x01, 1)

/** Leaves the databases of a Chromium that does not run as one that was killed in the middle of a write leaves them. */
export function tearLog(profile: string): void {
  const folder = join(profile, 'Default', 'IndexedDB')
  const [origin = ''] = readdirSync(folder).filter((name) => name.endsWith('.leveldb'))
  const log = readdirSync(join(folder, origin))
    .filter((name) => name.endsWith('.log'))
    .sort()
    .at(-1)
  if (log === undefined) throw new Error('there is no log')
  appendFileSync(join(folder, origin, log), HEADER)
}
