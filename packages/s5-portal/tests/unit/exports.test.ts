import { expect, it } from 'vitest'
import * as portal from '../../src/index'

it('the package exports these names and no others', () => {
  expect(Object.keys(portal).sort()).toEqual(['PortalStartError', 'createPortal'])
})
