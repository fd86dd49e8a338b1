/** What went wrong, as a person may read it: the SDK's errors bring such a text along. */
export function describeError(error: unknown): string {
  const { userMessage, message } = (error ?? {}) as { userMessage?: unknown; message?: unknown }
  if (typeof userMessage === 'string') return userMessage
  return typeof message === 'string' ? message : 'Something went wrong.'
}
