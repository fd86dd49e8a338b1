import { it } from 'vitest'
import { checkPortalLaws } from '../support/portal-laws'

it('Whatever one portal at a time does, what was acknowledged is there once, in one order', async () => {
  await checkPortalLaws(2)
})
