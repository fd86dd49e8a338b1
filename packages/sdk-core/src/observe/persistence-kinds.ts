/** What may be told of where content is. */
export const PERSISTENCE_KINDS = [
  'save_success',
  'save_failed',
  'conflict_merged',
  'conflict_stale',
  'offline',
  'back_online',
] as const
/** What has become of content, as users are told. */
export type PersistenceKind = (typeof PERSISTENCE_KINDS)[number]
