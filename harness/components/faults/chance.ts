import type { Chance, FaultPlan, RouteName } from '@s5-conversations/s5-portal'

/** The faults that strike by chance. */
export type ChanceFault = 'dropRequests' | 'dropAnswers' | 'duplicate'

export const ROUTES: readonly RouteName[] = [
  'upload',
  'blob',
  'pin',
  'delete',
  'registryRead',
  'registryWrite',
  'p2p',
]
/** A chance for one route, or for all of them. */
export interface RouteChance {
  route: RouteName | 'all'
  chance: number
}

/** What the form shows of a chance: of several routes, the first. */
export function toRouteChance(chance: Chance | undefined): RouteChance {
  if (typeof chance !== 'object') return { route: 'all', chance: chance ?? 0 }
  const [first] = Object.entries(chance) as [RouteName, number][]
  return first === undefined ? { route: 'all', chance: 0 } : { route: first[0], chance: first[1] }
}

/** `plan` with that chance; one of 0 is left out. */
export function withChance(plan: FaultPlan, fault: ChanceFault, { route, chance }: RouteChance): FaultPlan {
  return { ...plan, [fault]: route === 'all' ? chance : { [route]: chance } }
}

/** `plan` without what does nothing. */
export function withoutNothing(plan: FaultPlan): FaultPlan {
  const kept = Object.entries(plan).filter(([, value]) => !isNothing(value))
  return Object.fromEntries(kept)
}

function isNothing(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.values(value).every(isNothing)
  return value === undefined || value === 0 || value === false
}
