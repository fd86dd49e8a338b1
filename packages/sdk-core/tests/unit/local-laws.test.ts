import { it } from 'vitest'
import { checkLocalLaws } from '../support/local-laws'

it(
  'Any order of enqueue, crash, hand-over, replay and conflict gives each change exactly once',
  () => checkLocalLaws(25),
  60_000,
)
