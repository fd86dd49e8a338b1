import {
  type CommitOutcome,
  type Conversation,
  InvalidInputError,
  type Logger,
  VersionConflictError,
} from '@s5-conversations/sdk-core'
import { Hono } from 'hono'
import type { GatewayEnv, GatewayParts } from '../gateway-parts'
import { readJson } from '../http/body'
import { HttpProblem } from '../http/problem'
import { toProblem } from '../http/sdk-problem'
import { changeFromWire } from '../wire/changes'
import { conversationToWire } from './conversations'
import { idOf } from './input'

/** Conversations for programs: the port of stores, as `createGatewayStore` speaks it. */
export function commitRoutes({ config }: GatewayParts): Hono<GatewayEnv> {
  const app = new Hono<GatewayEnv>()
  app.post('/conversations/:id/commits', async (context) => {
    const { changes } = await readJson(context.req.raw, config.maxBodyBytes)
    if (!Array.isArray(changes)) throw new InvalidInputError('changes', 'must be an array')
    const checked = changes.map(changeFromWire)
    const outcomes = await context.get('storage').commit(idOf(context), checked, context.req.raw.signal)
    const told = outcomes.map((outcome) => toWire(outcome, config.logger))
    const [only] = told
    if (told.length === 1 && only?.error !== undefined) throw only.error
    return context.json({ outcomes: told })
  })
  return app
}

/** A change that failed alone: the only one of its commit is the answer, with its status. */
function toWire(outcome: CommitOutcome, log: Logger): { receipt?: unknown; error?: HttpProblem } {
  if ('receipt' in outcome) return outcome
  const problem = toProblem(outcome.error, log)
  if (!(outcome.error instanceof VersionConflictError)) return { error: problem }
  const theirs = conversationToWire(outcome.error.theirs as Conversation)
  return { error: new HttpProblem(problem.status, problem.message, { ...problem.members, theirs }) }
}
