import { type Document, type Fence, fencesOf } from './documents'

const LANGUAGES = ['js', 'ts', 'tsx'] as const
export type Language = (typeof LANGUAGES)[number]

/** One module that a page shows, in one piece or several. */
export interface Example {
  /** `path:line` of its first piece. */
  place: string
  language: Language
  code: string
  /** Declarations of what it takes for granted: only a type-checker sees them. */
  given: string
  /** Whether it runs by itself, against a portal. */
  isRun: boolean
  /** What the page says that it prints, if it says so. */
  prints: string | undefined
}

/**
 * The examples of a page: a `js`, `ts` or `tsx` fence begins one, those marked `continued` go on with it, and `text` fences
 * after a piece that is `run` say what it prints.
 */
export function examplesOf(document: Document): Example[] {
  const examples: Example[] = []
  for (const fence of fencesOf(document)) {
    const last = examples.at(-1)
    if (isCode(fence)) {
      if (last !== undefined && fence.marks.includes('continued')) extend(last, fence)
      else examples.push(begin(fence, fence.language))
    } else if (fence.language === 'text' && last?.isRun === true)
      last.prints = (last.prints ?? '') + fence.text
  }
  return examples
}

function isCode(fence: Fence): fence is Fence & { language: Language } {
  return LANGUAGES.some((language) => language === fence.language)
}

function begin({ place, text, given, marks }: Fence, language: Language): Example {
  return { place, language, code: text, given, isRun: marks.includes('run'), prints: undefined }
}

function extend(example: Example, { text, given }: Fence): void {
  example.code += text
  example.given += given
}
