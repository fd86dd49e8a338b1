export { createPostgresStore, type PostgresStoreOptions } from './create-postgres-store'
export { migratePostgres } from './migrate-postgres'
export { type OpenedPostgres, openPglite, openPostgres } from './storage/stores/open-postgres'
export type { PostgresClient, PostgresPool, PostgresRows } from './storage/stores/postgres-pool'
export {
  type CopyOptions,
  type CopyReport,
  type CopyTarget,
  copyConversations,
} from './transfer/copy-conversations'
