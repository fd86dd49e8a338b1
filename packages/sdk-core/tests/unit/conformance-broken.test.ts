import { describe, expect, it } from 'vitest'
import type { ConversationChange } from '../../src/conversation/change'
import type { Head } from '../../src/conversation/head'
import { createMessageId } from '../../src/conversation/message-id'
import type { CommitOutcome, ConversationStore } from '../../src/storage/conversation-store'
import { decorate } from '../../src/testing/decorate'
import {
  MemoryBackend,
  MemoryConversationStore,
  type MemoryVersion,
  runConversationStoreSuite,
} from '../../src/testing/index'

/** One way for a store to be wrong: what it does with every commit, load or list of a sound one. */
interface Defect {
  /** Made for each backend: writers of one backend share what it remembers. */
  createBackend?(): { backend: MemoryBackend; crash?: () => Promise<void> }
  wrap?(store: ConversationStore): Partial<ConversationStore>
  /** Clauses that must fail. */
  breaks: string[]
}

const clause = {
  there: 'An append is there after its receipt, for another writer too',
  fields: 'All fields of messages and conversations survive',
  objects: 'What a reader does to what it loaded changes nothing stored',
  order: 'Messages are in the order of their callers, the same for every writer',
  versions: 'Each commit makes the version grow by one',
  long: 'A long conversation with edits comes back whole',
  two: 'Two writers that append at once lose and duplicate nothing',
  five: 'Five writers that append at once lose and duplicate nothing',
  twoFields: 'Two writers that set different fields at once both succeed',
  batch: 'A batch is one version, and a wrong change in it fails alone',
  wrongBatch: 'A batch of wrong changes makes no version',
  stale:
    'A stale expected version is refused with what is stored and what is missing, and nothing is written',
  current: 'The expected version of a change that fits is taken',
  firstSync: 'The first sync of a conversation accepts any expected version',
  oneWins: 'Of two callers with the same expected version one wins',
  fence: 'A later session ends what an older one may write, and tells it what it lacks',
  unfenced: 'What no session asked for is never refused for a session',
  oneBegins: 'Of two sessions that begin with the same epoch one wins',
  landed: 'What an older session has written already is a replay',
  replay: 'A replayed change is one message',
  reusedId: 'A message id that comes again with other content is refused',
  key: 'The same idempotency key from another writer gives the first outcome, also after 65 commits',
  keyOfWhole: 'The idempotency key of a whole conversation saves it once',
  reusedKey: 'The same idempotency key with other input is refused',
  overwrite: 'An overwrite replayed after later appends removes nothing',
  deleted: 'A deleted message is gone for every writer, and the others stay',
  deletedOnce: 'Deleting a message again changes nothing',
  oldCopy: 'An old copy does not bring a deleted message back',
  late: 'A late append or edit of a deleted message changes nothing',
  overwritten: 'An overwrite takes away what it does not name, for good',
  removed: 'A deleted conversation is gone for every writer, and not listed',
  removedOnce: 'Deleting a conversation again is a replay',
  staysRemoved: 'No late write raises a deleted conversation',
  staleRemoval: 'A deletion decided on an old version is refused, and nothing is deleted',
  absentRemoval: 'What was never saved is not deleted',
  place: 'An edit keeps its place',
  reverts: 'An old copy reverts no edit',
  oneByOne: 'Fields are set one by one',
  blind: 'A field that the caller knows nothing about is not overwritten',
  alters: 'What does not exist is not altered, and not made by it',
  absent: 'What was never saved is undefined, and not listed',
  pages: 'Pages together are the same as the whole',
  pageOfDeleted: 'A page ends before a message that was deleted meanwhile',
  listed: 'Everything acknowledged is listed, the newest first',
  listPages: 'Pages of the list together are the whole list',
  summary: 'The list says the version, the count, the title and whether it is sealed',
  aborted: 'A commit that was aborted before it began writes nothing',
  allOrNothing: 'An aborted commit leaves all or nothing, and may be repeated',
  crash: 'An acknowledged write survives a crash, where the backend can be crashed',
}

const defects: Record<string, Defect> = {
  'drops every third append': {
    breaks: [clause.there, clause.two, clause.five, clause.long, clause.order],
    wrap: (store) => {
      let appends = 0
      return altered(store, (changes) => {
        const isDropped = changes.some(({ kind }) => kind === 'append') && ++appends % 3 === 0
        return isDropped ? undefined : changes
      })
    },
  },
  'stores every third append twice': {
    breaks: [clause.there, clause.two, clause.five, clause.order],
    wrap: (store) => {
      let appends = 0
      return altered(store, (changes) =>
        changes.map((change) =>
          change.kind === 'append' && ++appends % 3 === 0
            ? { ...change, messages: [...change.messages, ...change.messages.map(withFreshId)] }
            : change,
        ),
      )
    },
  },
  'gives every message an id of its own': {
    breaks: [clause.replay, clause.key, clause.oldCopy, clause.landed],
    wrap: (store) =>
      altered(store, (changes) =>
        changes.map((change) => ({ ...change, messages: change.messages.map(withFreshId) })),
      ),
  },
  'ignores the expected version': {
    breaks: [clause.stale, clause.oneWins, clause.staleRemoval],
    wrap: (store) => altered(store, (changes) => changes.map(({ expectedVersion: _, ...change }) => change)),
  },
  'expects a version of what is absent': {
    breaks: [clause.firstSync],
    wrap: (store) => ({
      commit: async (id, changes, signal) => {
        const isUnmet = changes.some(({ expectedVersion = 0 }) => expectedVersion > 0)
        const isAbsent = (await store.load(id, { limit: 1 }, signal)) === undefined
        if (isAbsent && isUnmet) return changes.map(() => ({ error: new Error('there is no such version') }))
        return store.commit(id, changes, signal)
      },
    }),
  },
  'refuses every expected version': {
    breaks: [clause.current, clause.oneWins],
    wrap: (store) =>
      altered(store, (changes) =>
        changes.map((change) =>
          change.expectedVersion === undefined ? change : { ...change, expectedVersion: 99 },
        ),
      ),
  },
  'ignores sessions': {
    breaks: [clause.fence, clause.unfenced, clause.oneBegins],
    wrap: (store) => altered(store, (changes) => changes.map(({ session: _, ...change }) => change)),
  },
  'lets any number of sessions begin with one epoch': {
    breaks: [clause.oneBegins],
    wrap: (store) =>
      altered(store, (changes) =>
        changes.map(({ session, ...change }) =>
          session === undefined ? change : { ...change, session: { epoch: session.epoch, since: 0 } },
        ),
      ),
  },
  'takes every change for one of the first session': {
    breaks: [clause.unfenced],
    wrap: (store) =>
      altered(store, (changes) => changes.map((change) => ({ session: { epoch: 1, since: 0 }, ...change }))),
  },
  'forgets stubs': {
    breaks: [clause.oldCopy, clause.late, clause.overwritten, clause.deletedOnce, clause.pageOfDeleted],
    createBackend: () => ({
      backend: new AlteringBackend((head) => ({
        ...head,
        tail: head.tail.filter(({ deleted }) => deleted !== true),
      })),
    }),
  },
  'deletes nothing': {
    breaks: [clause.deleted, clause.versions, clause.summary],
    wrap: (store) => altered(store, (changes) => changes.map(({ deletions: _, ...change }) => change)),
  },
  'forgets idempotency keys': {
    breaks: [clause.keyOfWhole, clause.reusedKey, clause.overwrite],
    wrap: (store) => altered(store, (changes) => changes.map(withoutKey)),
  },
  'takes an overwrite for a new one each time': {
    breaks: [clause.overwrite],
    wrap: (store) =>
      altered(store, (changes) =>
        changes.map((change) => (change.kind === 'overwrite' ? withoutKey(change) : change)),
      ),
  },
  'takes an id that comes again for an edit': {
    breaks: [clause.reusedId],
    wrap: (store) => altered(store, (changes) => changes.map((change) => intending(change, 'edit'))),
  },
  'takes every old copy for an edit': {
    breaks: [clause.reverts],
    wrap: (store) =>
      altered(store, (changes) =>
        changes.map((change) => (change.kind === 'save' ? intending(change, 'edit') : change)),
      ),
  },
  'acknowledges before it has committed': {
    breaks: [clause.there, clause.two, clause.listed, clause.aborted],
    wrap: (store) => {
      const running = new Set<Promise<unknown>>()
      return {
        commit: async (id, changes) => {
          const late = wait(1).then(() => store.commit(id, changes, AbortSignal.timeout(1_000)))
          running.add(late.catch(() => {}))
          return acknowledged(changes)
        },
        close: async () => {
          await Promise.all(running)
        },
      }
    },
  },
  'acknowledges before it is durable': {
    breaks: [clause.crash],
    createBackend: () => createDisk(3),
  },
  'writes without comparing': {
    breaks: [clause.two, clause.five, clause.twoFields, clause.oneWins],
    createBackend: createOverwritingBackend,
  },
  'commits a batch piece by piece': {
    breaks: [clause.batch, clause.allOrNothing],
    wrap: (store) => ({
      commit: async (id, changes, signal) => {
        const outcomes: CommitOutcome[] = []
        for (const change of changes) outcomes.push(...(await store.commit(id, [change], signal)))
        return outcomes
      },
    }),
  },
  'fails a batch with a wrong change as a whole': {
    breaks: [clause.batch, clause.alters, clause.stale],
    wrap: (store) => ({
      commit: async (id, changes, signal) => {
        const outcomes = await store.commit(id, changes, signal)
        for (const outcome of outcomes) if ('error' in outcome) throw new Error('something was wrong')
        return outcomes
      },
    }),
  },
  'makes a version of wrong changes': {
    breaks: [clause.wrongBatch, clause.alters, clause.stale, clause.reusedId, clause.reusedKey],
    wrap: (store) => ({
      commit: async (id, changes, signal) => {
        const outcomes = await store.commit(id, changes, signal)
        const touch: ConversationChange = { kind: 'save', messages: [], fields: {}, ids: 'given' }
        if (outcomes.every((outcome) => 'error' in outcome)) await store.commit(id, [touch], signal)
        return outcomes
      },
    }),
  },
  'counts versions in twos': {
    breaks: [clause.versions, clause.five, clause.summary],
    createBackend: () => ({
      backend: new AlteringBackend((head) => ({ ...head, version: head.version + (head.version % 2) })),
    }),
  },
  'keeps text only': {
    breaks: [clause.fields, clause.objects],
    wrap: (store) => ({
      load: async (id, page, signal) => {
        const conversation = await store.load(id, page, signal)
        return (
          conversation && {
            ...conversation,
            messages: conversation.messages.map(({ metadata: _, ...message }) => ({
              ...message,
              content: typeof message.content === 'string' ? message.content : '',
            })),
          }
        )
      },
    }),
  },
  'gives readers what it keeps': {
    breaks: [clause.objects],
    wrap: (store) => {
      const loaded = new Map<string, Awaited<ReturnType<ConversationStore['load']>>>()
      return {
        load: async (id, page, signal) => {
          const fresh = await store.load(id, page, signal)
          const known = loaded.get(id)
          if (page.limit !== undefined || known?.version === fresh?.version) return known ?? fresh
          loaded.set(id, fresh)
          return fresh
        },
      }
    },
  },
  'sorts by the clocks of writers': {
    breaks: [clause.order],
    wrap: (store) => ({
      load: async (id, page, signal) => {
        const conversation = await store.load(id, page, signal)
        const messages = conversation?.messages.sort((a, b) => a.createdAt - b.createdAt) ?? []
        return conversation && { ...conversation, messages }
      },
    }),
  },
  'puts edited messages at the end': {
    breaks: [clause.place, clause.long],
    wrap: (store) => ({
      load: async (id, page, signal) => {
        const conversation = await store.load(id, page, signal)
        const messages = conversation?.messages.sort((a, b) => (a.editedAt ?? 0) - (b.editedAt ?? 0)) ?? []
        return conversation && { ...conversation, messages }
      },
    }),
  },
  'loads five hundred messages at most': {
    breaks: [clause.long],
    wrap: (store) => ({
      load: (id, page, signal) => store.load(id, { limit: 500, ...page }, signal),
    }),
  },
  'replaces all fields by those that are set': {
    breaks: [clause.oneByOne, clause.twoFields],
    createBackend: () => ({
      backend: new AlteringBackend((head, base) => ({ ...head, fields: changedOnly(head, base) })),
    }),
  },
  'fills no field blindly without overwriting it': {
    breaks: [clause.blind],
    wrap: (store) => altered(store, (changes) => changes.map(seeing)),
  },
  'alters what does not exist': {
    breaks: [clause.alters],
    wrap: (store) =>
      altered(store, (changes) =>
        changes.map((change) =>
          change.kind === 'alter' && change.title !== undefined ? { ...change, kind: 'save' } : change,
        ),
      ),
  },
  'gives an empty conversation for an absent one': {
    breaks: [clause.absent, clause.alters],
    wrap: (store) => ({
      load: async (id, page, signal) =>
        (await store.load(id, page, signal)) ?? {
          id,
          messages: [],
          metadata: {},
          createdAt: 0,
          updatedAt: 0,
          version: 0,
          messageCount: 0,
        },
    }),
  },
  'ends a page one message late': {
    breaks: [clause.pages, clause.pageOfDeleted],
    wrap: (store) => ({
      load: async (id, page, signal) => {
        if (page.before === undefined) return store.load(id, page, signal)
        const whole = await store.load(id, {}, signal)
        const end = 1 + (whole?.messages.findIndex((message) => message.id === page.before) ?? 0)
        return (
          whole && { ...whole, messages: whole.messages.slice(Math.max(0, end - (page.limit ?? end)), end) }
        )
      },
    }),
  },
  'lists each conversation as it was first': {
    breaks: [clause.summary],
    wrap: (store) => ({
      list: async (page, signal) => {
        const { items, ...rest } = await store.list(page, signal)
        return { ...rest, items: items.map((each) => ({ ...each, version: 1 })) }
      },
    }),
  },
  'lists the oldest first': {
    breaks: [clause.listed],
    wrap: (store) => ({
      list: async (page, signal) => {
        const { items, ...rest } = await store.list(page, signal)
        return {
          ...rest,
          items: items.map((each, i) => ({ ...each, updatedAt: each.updatedAt - items.length + i })),
        }
      },
    }),
  },
  'forgets the end of the list': {
    breaks: [clause.listPages],
    wrap: (store) => ({
      list: async (page, signal) => ({ items: (await store.list(page, signal)).items }),
    }),
  },
  'deletes nothing and says it did': {
    breaks: [clause.removed, clause.removedOnce, clause.staysRemoved],
    wrap: (store) =>
      altered(store, (changes) => (changes.some(({ kind }) => kind === 'delete') ? undefined : changes)),
  },
  'forgets that a conversation was deleted': {
    createBackend: () => {
      const versions = new Map<string, MemoryVersion>()
      const backend = new MemoryBackend(versions)
      const compareAndSet = backend.compareAndSet.bind(backend)
      backend.compareAndSet = async (id, base, next) => {
        const isSet = await compareAndSet(id, base, next)
        if (next.state.head.deleted === true) versions.delete(id)
        return isSet
      }
      return { backend }
    },
    breaks: [clause.staysRemoved, clause.removedOnce],
  },
  'makes what it is told to delete': {
    breaks: [clause.absentRemoval],
    wrap: (store) => ({
      commit: async (id, changes, signal) => {
        const outcomes = await store.commit(id, changes, signal)
        const isRefused = outcomes.some((outcome) => 'error' in outcome)
        if (changes[0]?.kind !== 'delete' || !isRefused) return outcomes
        return acknowledged(changes)
      },
    }),
  },
}

const found = new Map<string, string[]>()

describe('The suite is red on a store that', () => {
  for (const [name, defect] of Object.entries(defects)) {
    it(`${name}`, async () => {
      const failed = await failedClauses(defect)
      found.set(name, failed)
      expect(failed).toEqual(expect.arrayContaining(defect.breaks))
    })
  }

  it('breaks any clause: each of them fails for one of these stores', () => {
    const failed = new Set([...found.values()].flat())
    expect(clauseNames().filter((name) => !failed.has(name))).toEqual([])
  })
})

describe('The suite is green', () => {
  it('on a store whose every acknowledged write is durable when it crashes', async () => {
    expect(await failedClauses({ breaks: [], createBackend: () => createDisk(1) })).toEqual([])
  })
})

/** Runs the suite on a store with a defect, as a test runner would, and gives the names of what failed. */
async function failedClauses({ createBackend, wrap }: Defect): Promise<string[]> {
  const tests: { name: string; body: () => Promise<void> }[] = []
  runConversationStoreSuite(
    {
      name: 'a store',
      createBackend: async () => {
        const { backend, crash } = createBackend?.() ?? { backend: new MemoryBackend() }
        const openWriter = async () => {
          const store = new MemoryConversationStore(backend)
          return wrap === undefined ? store : decorate(store, wrap(store))
        }
        return { openWriter, ...(crash === undefined ? {} : { crash }), close: async () => {} }
      },
    },
    { describe: (_, body) => body(), it: (name, body) => tests.push({ name, body }), expect },
  )
  const failed: string[] = []
  for (const { name, body } of tests) await body().catch(() => failed.push(name))
  return failed
}

function clauseNames(): string[] {
  const names: string[] = []
  const createBackend = () => Promise.reject(new Error('nothing runs'))
  runConversationStoreSuite(
    { name: 'a store', createBackend },
    { describe: (_, body) => body(), it: (name) => names.push(name), expect },
  )
  return names
}

/** Commits other changes than those asked for; none at all for `undefined`. */
function altered(
  store: ConversationStore,
  alter: (changes: readonly ConversationChange[]) => readonly ConversationChange[] | undefined,
): Partial<ConversationStore> {
  return {
    commit: async (id, changes, signal) => {
      const other = alter(changes)
      return other === undefined ? acknowledged(changes) : store.commit(id, other, signal)
    },
  }
}

function acknowledged(changes: readonly ConversationChange[]): CommitOutcome[] {
  return changes.map(({ messages }) => ({
    receipt: {
      version: 1,
      revision: 1,
      cid: '',
      messageIds: messages.map(({ message }) => message.id),
      merged: false,
      ignored: [],
      outcome: 'COMMITTED',
    },
  }))
}

function withoutKey({ idempotency: _, ...change }: ConversationChange): ConversationChange {
  return change
}

function withFreshId({ message, intent }: ConversationChange['messages'][number]) {
  return { message: { ...message, id: createMessageId() }, intent }
}

function intending(change: ConversationChange, intent: 'edit'): ConversationChange {
  return { ...change, messages: change.messages.map(({ message }) => ({ message, intent })) }
}

function seeing(change: ConversationChange): ConversationChange {
  const fields = Object.entries(change.fields).map(([name, field]) => [name, { ...field, blind: false }])
  return { ...change, fields: Object.fromEntries(fields) }
}

function changedOnly(head: Head, base: Head | undefined): Head['fields'] {
  const changed = Object.entries(head.fields).filter(([name, field]) => base?.fields[name] !== field)
  return changed.length === 0 ? head.fields : Object.fromEntries(changed)
}

/** Makes another head current than the one it was given. */
class AlteringBackend extends MemoryBackend {
  readonly #alter: (head: Head, base: Head | undefined) => Head

  constructor(alter: (head: Head, base: Head | undefined) => Head) {
    super()
    this.#alter = alter
  }

  override compareAndSet(id: string, base: MemoryVersion | undefined, next: MemoryVersion) {
    const head = this.#alter(next.state.head, base?.state.head)
    return super.compareAndSet(id, base, { ...next, state: { ...next.state, head } })
  }
}

/** Whoever writes last wins. */
function createOverwritingBackend() {
  const versions = new Map<string, MemoryVersion>()
  class Overwriting extends MemoryBackend {
    override async compareAndSet(id: string, _: MemoryVersion | undefined, next: MemoryVersion) {
      versions.set(id, next)
      return true
    }
  }
  return { backend: new Overwriting(versions) }
}

/** What is written becomes durable with each `interval`th write; a crash brings back what is durable. */
function createDisk(interval: number) {
  const versions = new Map<string, MemoryVersion>()
  let durable = new Map(versions)
  let writes = 0
  class Disk extends MemoryBackend {
    override async compareAndSet(id: string, base: MemoryVersion | undefined, next: MemoryVersion) {
      const isSet = await super.compareAndSet(id, base, next)
      if (isSet && ++writes % interval === 0) durable = new Map(versions)
      return isSet
    }
  }
  const crash = async () => {
    versions.clear()
    for (const [id, version] of durable) versions.set(id, version)
  }
  return { backend: new Disk(versions), crash }
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
