import { it } from 'vitest'
import { checkStoreLaws } from '../support/store-laws'

it('Any changes from three devices, with crashes and lost calls, leave every acknowledged message once, in one order', () =>
  checkStoreLaws(3000))
