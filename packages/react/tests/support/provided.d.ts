import 'vitest'

declare module 'vitest' {
  interface ProvidedContext {
    portalUrl: string
  }
}
