import { it } from 'vitest'
import { checkLossyAppends } from '../support/lossy-appends'

it('Four processes with 50 appends each lose and duplicate nothing on a lossy network', () =>
  checkLossyAppends(4, 50))
