import type { HarnessConfig } from '@/lib/config'
import { portalUrl } from '@/lib/server-config'

export const dynamic = 'force-dynamic'

export function GET(): Response {
  const config: HarnessConfig = { portalUrl: portalUrl() }
  return Response.json(config)
}
