import { it } from 'vitest'
import { killBrowserInRounds } from '../support/local-kills'

it('A browser that is killed fifty times keeps all that it has acknowledged', () => killBrowserInRounds(50))
