import type { SessionCondition } from '../conversation/change'
import type { Message, MessageInput } from '../conversation/types'
import { SessionStateError, StaleSessionError } from '../errors/session-errors'
import type { StorageResult } from '../storage/storage-result'
import type { Session } from './session'

/** A session that this process writes in: what it knows, and what is under way. */
export class OpenSession {
  readonly data: Session
  /** The version of the conversation that was last read. */
  #since: number
  /** Ids of messages that this session has saved: it does not lack them. */
  readonly #own = new Set<string>()
  readonly #underWay = new Set<Promise<void>>()
  #stream: AbortController | undefined
  #isLeaving = false

  constructor(data: Session, since: number) {
    this.data = data
    this.#since = since
  }

  /** All up to `version` was read. */
  hasRead(version: number): void {
    this.#since = Math.max(this.#since, version)
  }

  /**
   * Saves on condition that no later session has begun.
   * @throws StaleSessionError with `said` as what is unsaved
   */
  async save(
    said: readonly MessageInput[],
    task: (condition: SessionCondition) => Promise<StorageResult>,
  ): Promise<StorageResult> {
    try {
      const result = await this.#track(task({ epoch: this.data.epoch, since: this.#since }))
      for (const id of result.messageIds) this.#own.add(id)
      return result
    } catch (error) {
      throw error instanceof StaleSessionError ? this.#withUnsaved(error, said) : error
    }
  }

  /** @throws SessionStateError where the session is being left */
  refuseWhenLeaving(): void {
    if (this.#isLeaving) throw new SessionStateError(this.data.id, 'is being completed, ended or resumed')
  }

  /** Runs `task` with the controller that ends it. @throws SessionStateError where another stream is running */
  async stream<T>(task: (controller: AbortController) => Promise<T>): Promise<T> {
    this.refuseWhenLeaving()
    if (this.#stream !== undefined)
      throw new SessionStateError(this.data.id, 'is streaming an answer already')
    const controller = new AbortController()
    this.#stream = controller
    try {
      return await this.#track(task(controller))
    } finally {
      this.#stream = undefined
    }
  }

  /** Ends the stream under way, if there is one, as an abort with this reason would. */
  stopStream(reason: Error): void {
    this.#stream?.abort(reason)
  }

  /**
   * Runs `task` when all that is under way has ended, and lets nothing new begin; does not wait for a stream to
   * end by itself if there is a reason to `stop` it. Where `task` fails the session goes on.
   * @throws SessionStateError where it is being left already
   */
  async leave<T>(task: () => Promise<T>, stop?: Error): Promise<T> {
    this.refuseWhenLeaving()
    this.#isLeaving = true
    if (stop !== undefined) this.stopStream(stop)
    try {
      await this.settled()
      return await task()
    } catch (error) {
      this.#isLeaving = false
      throw error
    }
  }

  /** Resolves when all that is under way has ended, whether it succeeded or not. */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay)
  }

  /** Leaving the session waits for `task`. */
  #track<T>(task: Promise<T>): Promise<T> {
    const forget = () => {
      this.#underWay.delete(ended)
    }
    const ended: Promise<void> = task.then(forget, forget)
    this.#underWay.add(ended)
    return task
  }

  #withUnsaved(error: StaleSessionError, said: readonly MessageInput[]): StaleSessionError {
    const missing = (error.missing as Message[]).filter(({ id }) => !this.#own.has(id))
    return new StaleSessionError({ ...error, missing, unsaved: [...said] })
  }
}
