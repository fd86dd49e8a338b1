import type { Generate, GenerateInput } from '../../src/index'

/** What a scripted LLM does after its last word. */
export type Ending = 'end' | 'throw' | 'stall'

export const OUTAGE = new Error('the model is overloaded')

/** Gives these words one after another, after `pause` each, and then ends as it is told to. Ignores its signal. */
export function scriptedLlm(
  words: readonly string[],
  ending: Ending = 'end',
  pause: () => Promise<unknown> = async () => {},
): Generate & { heard: GenerateInput[] } {
  const heard: GenerateInput[] = []
  const generate = async function* (input: GenerateInput) {
    heard.push(input)
    for (const word of words) {
      await pause()
      yield word
    }
    if (ending === 'throw') throw OUTAGE
    if (ending === 'stall') await new Promise(() => {})
  }
  return Object.assign(generate, { heard })
}
