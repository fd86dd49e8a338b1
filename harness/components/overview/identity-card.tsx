'use client'

import { LogOut } from 'lucide-react'
import type { Harness } from '@/lib/sdk/harness'
import { pageSession } from '@/lib/sdk/page-session'
import { shortAddress } from '../identity/short-address'
import { Badge } from '../ui/badge'
import { Button } from '../ui/button'
import { Card } from '../ui/card'
import { CopyButton } from '../ui/copy-button'
import { Fact, Facts } from '../ui/facts'

/** Who is signed in. */
export function IdentityCard({ harness: { address, identity, sdk } }: { harness: Harness }) {
  return (
    <Card title="Identity" description="Whose conversations these are">
      <Facts>
        <Fact name="Signed in with">
          {identity.kind === 'development-wallet' ? (
            <Badge tone="warning">Development wallet</Badge>
          ) : identity.kind === 'phrase' ? (
            'Recovery phrase'
          ) : (
            identity.name
          )}
        </Fact>
        {address !== undefined && (
          <Fact name="Wallet">
            <code className="text-xs" data-testid="address" title={address}>
              {shortAddress(address)}
            </code>
            <CopyButton
              text={address}
              variant="ghost"
              size="smallIcon"
              aria-label="Copy the address of the wallet"
            />
          </Fact>
        )}
        <Fact name="Sharing address">
          <CopyButton text={() => sdk.storage.sharingAddress()} size="small">
            Copy
          </CopyButton>
        </Fact>
      </Facts>
      <Button size="small" className="mt-4" onClick={() => void pageSession.signOut()}>
        <LogOut />
        Sign out
      </Button>
    </Card>
  )
}
