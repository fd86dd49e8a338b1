import { createMessageId } from '../conversation/message-id'
import { type Clock, systemClock } from '../observe/clock'
import type { Logger } from '../observe/log'
import type { PersistenceKind } from '../observe/persistence-kinds'
import type { ConversationStore } from '../storage/conversation-store'
import { type Connectivity, platformConnectivity } from './connectivity'
import { type DatabaseOptions, LocalDatabase } from './database'
import { LocalCommits } from './local-commits'
import { LocalFirstStore } from './local-first-store'
import { LocalStore } from './local-store'
import { Mirror } from './mirror'
import { Outbox, type OutboxOptions } from './outbox'
import { TabChannel } from './tab-channel'

export interface LocalFirstOptions
  extends Partial<Pick<OutboxOptions, 'random' | 'locks' | 'silenceMs'>>,
    Omit<DatabaseOptions, 'name'> {
  /** Names the identity: its database, its lock and its channel. */
  scope: string
  log: Logger
  notify(kind: PersistenceKind): void
  /** @default the system's */
  clock?: Clock
  /** @default that of the page */
  connectivity?: Connectivity
}

/** Keeps conversations in the database of this device, and sends them to `remote`. */
export function openLocalFirst(
  remote: ConversationStore,
  options: LocalFirstOptions,
): { store: ConversationStore; outbox: Outbox } {
  const { scope, log, clock = systemClock, connectivity = platformConnectivity } = options
  const { local, channel, device, commits } = openParts(options, true)
  const mirror = new Mirror({ local, remote, connectivity, channel, log, device })
  const onDiverged = (id: string) =>
    mirror
      .freshen(id, { isForced: true })
      .catch((error: unknown) => log.debug({ error }, 'A copy is behind the network'))
  const parts = {
    ...options,
    name: `${scope}/outbox`,
    local,
    remote,
    channel,
    clock,
    connectivity,
    onDiverged,
  }
  const outbox = new Outbox(parts)
  const store = new LocalFirstStore({
    local,
    commits,
    channel,
    log,
    remote: { store: remote, mirror, outbox },
  })
  return { store, outbox }
}

/** Keeps conversations in the database of this device, and nowhere else. */
export function openLocalOnly(options: LocalFirstOptions): ConversationStore {
  const { local, channel, commits } = openParts(options, false)
  return new LocalFirstStore({ local, commits, channel, log: options.log })
}

function openParts({ scope, ...database }: LocalFirstOptions, isMirrored: boolean) {
  const local = new LocalStore(new LocalDatabase({ ...database, name: scope }))
  const device = createMessageId()
  const commits = new LocalCommits({ local, device, isMirrored })
  return { local, device, commits, channel: new TabChannel(scope) }
}
