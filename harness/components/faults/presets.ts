import type { FaultPlan } from '@s5-conversations/s5-portal'

/** Plans worth trying, each with what it is like. */
export const PRESETS: readonly { name: string; hint: string; plan: FaultPlan }[] = [
  { name: 'Slow line', hint: 'Everything takes 300 to 800 ms', plan: { delayMs: 300, jitterMs: 500 } },
  { name: 'Bad line', hint: 'One in ten requests is cut off', plan: { dropRequests: 0.1, delayMs: 50 } },
  {
    name: 'Answers lost',
    hint: 'Three in ten writes land, and nobody is told',
    plan: { dropAnswers: { registryWrite: 0.3, upload: 0.3 } },
  },
  { name: 'Said twice', hint: 'Writes and messages take effect twice', plan: { duplicate: 0.5 } },
  { name: 'Old news', hint: 'Half of the reads give the version before', plan: { staleAnswers: 0.5 } },
  { name: 'Slow registry', hint: 'Pointers take two seconds', plan: { slowRegistryMs: 2000 } },
  { name: 'Blobs gone', hint: 'No blob can be read', plan: { unavailableBlobs: 'all' } },
  { name: 'Disk full', hint: 'Every write fails', plan: { diskFull: true } },
  { name: 'Unreachable', hint: 'Every connection is closed', plan: { refuse: true } },
]
