'use client'

import { FlaskConical } from 'lucide-react'
import { useState } from 'react'
import { describeError } from '@/lib/describe-error'
import { openDevelopmentWallet } from '@/lib/sdk/development-wallet'
import type { Harness } from '@/lib/sdk/harness'
import { Button } from '../ui/button'
import { Card } from '../ui/card'

/** Signs somebody in. */
export function ConnectCard({ harness }: { harness: Harness }) {
  const [problem, setProblem] = useState<string>()
  const connect = async () => {
    setProblem(undefined)
    try {
      await harness.signIn(await openDevelopmentWallet())
    } catch (error) {
      setProblem(describeError(error))
    }
  }
  return (
    <Card title="Connect a wallet" description="Your wallet's signature is the key to your conversations.">
      <Button variant="primary" data-testid="development-wallet" onClick={connect}>
        <FlaskConical />
        Use a development wallet
      </Button>
      {problem !== undefined && (
        <p role="alert" className="mt-3 text-sm text-danger">
          {problem}
        </p>
      )}
    </Card>
  )
}
