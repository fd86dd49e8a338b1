import { describe, it } from 'vitest'
import { checkCoWriting, checkCutOff } from '../support/sharing'

describe('At length', () => {
  it('three devices each of two identities lose nothing while the conversation moves on and on', async () => {
    await checkCoWriting(3, 60, 20)
  }, 600_000)

  it.each(Array.from({ length: 40 }, (_, i) => i))(
    'a share whose owner’s device died after %i requests is revoked by the next one',
    checkCutOff,
    60_000,
  )
})
