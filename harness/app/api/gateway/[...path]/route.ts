import { gateway } from '@/lib/server/gateway'

export const dynamic = 'force-dynamic'

async function answer(request: Request): Promise<Response> {
  return (await gateway()).fetch(request)
}

export { answer as DELETE, answer as GET, answer as HEAD, answer as OPTIONS, answer as POST, answer as PUT }
