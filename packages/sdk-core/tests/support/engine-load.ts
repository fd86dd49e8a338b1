import { setTimeout as wait } from 'node:timers/promises'
import { expect } from 'vitest'
import { ConversationEngine } from '../../src/index'
import { echo, STORES, stored } from './engine-scene'

/** Many users at once, with an LLM that takes its time; gives back how long it took, in ms. */
export async function runManyUsers(users: number, rounds: number, llmMs: number): Promise<number> {
  const sdk = await (STORES['the memory store'] ?? (() => Promise.reject()))()
  const engine = new ConversationEngine({ storage: sdk.storage })
  const llm = echo()
  const generate = async (input: Parameters<typeof llm>[0]) => {
    await wait(llmMs)
    return llm(input)
  }
  const begun = performance.now()
  const turns = Array.from({ length: users * rounds }, (_, i) =>
    engine.processConversation({ userId: `u${i % users}`, text: `t${Math.floor(i / users)}`, generate }),
  )
  await Promise.all(turns)
  const tookMs = performance.now() - begun
  const expected = Array.from({ length: rounds }, (_, i) => [
    `user: t${i}`,
    `assistant: re user: t${i}`,
  ]).flat()
  for (let user = 0; user < users; user += 1) expect(await stored(sdk, `user:u${user}`)).toEqual(expected)
  return tookMs
}
