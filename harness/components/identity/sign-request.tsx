'use client'

import { walletSeedTypedData } from '@s5-conversations/sdk-core'
import { PenLine } from 'lucide-react'
import { useEffect, useState } from 'react'
import { describeError } from '@/lib/describe-error'
import type { Identity } from '@/lib/sdk/identity'
import { pageSession } from '@/lib/sdk/page-session'
import { Badge } from '../ui/badge'
import { Button } from '../ui/button'
import { Skeleton } from '../ui/skeleton'

interface SignRequestProps {
  identity: Identity
  isSigning: boolean
  onCancel(): void
}

type Request = { purpose: string; account: string } | { problem: string }

/** Shows the text that a wallet is about to be asked to sign, and asks it. */
export function SignRequest({ identity, isSigning, onCancel }: SignRequestProps) {
  const request = useSignRequest(identity)
  if (request === undefined) return <Skeleton className="h-40" />
  return (
    <div className="flex flex-col gap-3">
      {'problem' in request ? (
        <p role="alert" className="text-sm text-danger">
          {request.problem}
        </p>
      ) : (
        <>
          <div className="flex flex-wrap items-center gap-2 text-sm">
            You will sign this as <code className="break-all text-xs">{request.account}</code>
            {identity.kind === 'development-wallet' && <Badge tone="warning">Development only</Badge>}
          </div>
          <blockquote
            data-testid="sign-text"
            className="whitespace-pre-line rounded-control border-l-4 border-accent bg-raised px-4 py-3 text-sm"
          >
            {request.purpose}
          </blockquote>
        </>
      )}
      <div className="flex justify-end gap-2">
        <Button onClick={onCancel} disabled={isSigning}>
          Back
        </Button>
        <Button
          variant="primary"
          data-testid="sign"
          disabled={isSigning || 'problem' in request}
          onClick={() => void pageSession.signIn(identity)}
        >
          <PenLine />
          {isSigning ? 'Waiting for the wallet …' : 'Sign in'}
        </Button>
      </div>
      <p className="text-xs text-muted">
        The first time on a device a wallet signs twice, to prove that it always signs the same.
      </p>
    </div>
  )
}

function useSignRequest(identity: Identity): Request | undefined {
  const [request, setRequest] = useState<Request>()
  useEffect(() => {
    if (identity.kind === 'phrase') return
    let isCurrent = true
    identity.signer
      .getAddress()
      .then((address) => walletSeedTypedData(address).message)
      .catch((error: unknown) => ({ problem: describeError(error) }))
      .then((found) => isCurrent && setRequest(found))
    return () => {
      isCurrent = false
    }
  }, [identity])
  return request
}
