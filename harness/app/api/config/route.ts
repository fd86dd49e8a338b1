import type { HarnessConfig } from '@/lib/config'
import { DEMO_MODEL } from '@/lib/llm/demo-model'
import { remoteModelOf } from '@/lib/llm/remote-model'
import { portalUrl } from '@/lib/server-config'

export const dynamic = 'force-dynamic'

export function GET(): Response {
  const config: HarnessConfig = { portalUrl: portalUrl(), model: modelOf(process.env) }
  return Response.json(config)
}

function modelOf(env: NodeJS.ProcessEnv): HarnessConfig['model'] {
  const remote = remoteModelOf(env)
  if (remote === undefined) return { provider: 'this machine', name: DEMO_MODEL, isDemo: true }
  return { provider: new URL(remote.baseUrl).host, name: remote.model, isDemo: false }
}
