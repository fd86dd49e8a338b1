import { useState } from 'react'
import { describeError } from '../describe-error'

/** A task that a button starts: whether it is running, and what went wrong the last time, if it did. */
export function useAction<A extends unknown[]>(task: (...input: A) => Promise<void>) {
  const [state, setState] = useState<{ isBusy: boolean; problem?: string }>({ isBusy: false })
  const run = async (...input: A) => {
    setState({ isBusy: true })
    try {
      await task(...input)
      setState({ isBusy: false })
    } catch (error) {
      setState({ isBusy: false, problem: describeError(error) })
    }
  }
  return { ...state, run }
}
