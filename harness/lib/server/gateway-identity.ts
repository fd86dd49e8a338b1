import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { generateSeedPhrase } from '@s5-conversations/sdk-core'

/**
 * Under whose keys the gateway keeps conversations: `S5_SEED_PHRASE`, or else one that was made once and lies
 * beside the data of the local portal, readable by its owner only. A gateway for others gets its own from outside.
 */
export async function gatewaySeedPhrase(): Promise<string> {
  const { S5_SEED_PHRASE: given, S5_DATA_DIR: folder = join('..', '.s5') } = process.env
  if (given !== undefined && given !== '') return given
  const file = join(folder, 'gateway-seed-phrase')
  return (await readKept(file)) ?? keep(file, generateSeedPhrase())
}

/** Of two processes that keep one at once, both get the same. */
async function keep(file: string, phrase: string): Promise<string> {
  await mkdir(dirname(file), { recursive: true })
  const draft = `${file}.${process.pid}`
  await writeFile(draft, phrase, { mode: 0o600 })
  try {
    await link(draft, file)
    return phrase
  } catch (error) {
    const kept = await readKept(file)
    if (kept === undefined) throw error
    return kept
  } finally {
    await rm(draft, { force: true })
  }
}

async function readKept(file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, 'utf8')).trim()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
