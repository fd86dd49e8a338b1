/** Why a portal could not start. */
export type PortalStartErrorCode =
  | 'INVALID_OPTION'
  | 'PORT_UNAVAILABLE'
  | 'DATA_DIR_LOCKED'
  | 'DATA_DIR_UNUSABLE'

/** A portal could not start; `message` is one sentence for a person, `code` is for programs. */
export class PortalStartError extends Error {
  override readonly name = 'PortalStartError'

  constructor(
    readonly code: PortalStartErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}
