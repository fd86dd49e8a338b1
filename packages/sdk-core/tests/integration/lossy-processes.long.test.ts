import { it } from 'vitest'
import { checkLossyAppends } from '../support/lossy-appends'

it('Eight processes with 250 appends each lose and duplicate nothing on a lossy network', () =>
  checkLossyAppends(8, 250))
