// TypeScript wants to know what is imported for its effects, too.
export {}
