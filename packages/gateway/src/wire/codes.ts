/** The `code` of the problem that says that there is no such conversation. */
export const ABSENT = 'CONVERSATION_ABSENT'
