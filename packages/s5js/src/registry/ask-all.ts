import { RegistryConflictError } from '../errors/data-errors'
import type { Call } from '../http/call-options'
import { MAX_PATIENCE_MS, peerPatienceMs } from '../p2p/patience'
import type { PeerConnection } from '../p2p/peer-connection'
import type { Portal } from '../portal/portal'

/** Whom a question goes to, and how it is put to each. */
export interface Question<T> {
  portals: readonly Portal[]
  peers: readonly PeerConnection[]
  askPortal(portal: Portal, call: Call): Promise<T>
  askPeer(peer: PeerConnection, call: Call): Promise<T>
}

export interface Answers<T> {
  values: T[]
  portalFailures: unknown[]
  peerFailures: unknown[]
}

interface PeerAnswer {
  peer: PeerConnection
  isAnswered: Promise<boolean>
}

/**
 * Puts a question to all portals and peers at once. Every portal is waited for. A peer may be silent because
 * it has nothing to say: after the portals it is waited for only as long as a few round trips to it take
 * (a second if all portals failed), and not at all if it is itself one of the portals that answered. Where there are only peers, the first
 * answer is waited for until the call ends.
 */
export async function askAll<T>(question: Question<T>, call: Call): Promise<Answers<T>> {
  const done = new AbortController()
  const values: T[] = []
  const [portalFailures, peerFailures]: [unknown[], unknown[]] = [[], []]
  const peers = question.peers.map((peer) => {
    const part = { signal: AbortSignal.any([call.signal, done.signal]), timeoutMs: call.timeoutMs }
    return { peer, isAnswered: record(values, peerFailures, () => question.askPeer(peer, part)) }
  })
  const portals = question.portals.map(async (portal) => {
    const isAnswered = await record(values, portalFailures, () => question.askPortal(portal, call))
    return isAnswered ? portal.host : undefined
  })
  const hosts = await Promise.all(portals)
  if (portals.length === 0) await firstAnswer(peers)
  const isAnswered = portals.length === 0 || hosts.some((host) => host !== undefined)
  const others = peers.filter(({ peer }) => !hosts.includes(peer.address.host))
  await patiently(others, isAnswered ? peerPatienceMs : () => MAX_PATIENCE_MS)
  // Copies: what is still under way is ended now, and would be noted down as a failure.
  const answers = {
    values: [...values],
    portalFailures: [...portalFailures],
    peerFailures: [...peerFailures],
  }
  if (peers.length > 0) done.abort()
  return answers
}

/** Notes down what comes; true for an answer, also for the answer that something else is stored. */
async function record<T>(values: T[], failures: unknown[], ask: () => Promise<T>): Promise<boolean> {
  try {
    values.push(await ask())
    return true
  } catch (error) {
    failures.push(error)
    return error instanceof RegistryConflictError
  }
}

async function firstAnswer(peers: readonly PeerAnswer[]): Promise<void> {
  const answers = peers.map(async ({ isAnswered }) => {
    if (!(await isAnswered)) throw new Error('no answer')
  })
  await Promise.any(answers).catch(() => undefined)
}

async function patiently(
  peers: readonly PeerAnswer[],
  patienceMs: (peer: PeerConnection) => number,
): Promise<void> {
  const timers: ReturnType<typeof setTimeout>[] = []
  const waits = peers.map(({ peer, isAnswered }) => {
    const patience = new Promise<void>((resolve) => {
      timers.push(setTimeout(resolve, patienceMs(peer)))
    })
    return Promise.race([isAnswered, patience])
  })
  await Promise.all(waits)
  for (const timer of timers) clearTimeout(timer)
}
