import { it } from 'vitest'
import { checkKilledConnections } from '../support/killed-connections'

it('Eight processes with 50 appends each lose and duplicate nothing while their connections to PostgreSQL are killed', () =>
  checkKilledConnections(8, 50))
