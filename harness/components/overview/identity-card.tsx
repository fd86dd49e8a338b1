'use client'

import { LogOut } from 'lucide-react'
import type { Harness } from '@/lib/sdk/harness'
import type { Identity } from '@/lib/sdk/identity'
import { pageSession } from '@/lib/sdk/page-session'
import { shortAddress } from '../identity/short-address'
import { Badge } from '../ui/badge'
import { Button } from '../ui/button'
import { Card } from '../ui/card'
import { CopyButton } from '../ui/copy-button'
import { Fact, Facts } from '../ui/facts'

const KINDS: Record<Identity['kind'], string> = {
  'browser-wallet': 'Browser wallet',
  'development-wallet': 'Development wallet',
  phrase: 'Recovery phrase',
}

/** Who is signed in. */
export function IdentityCard({ harness: { address, identity, sdk } }: { harness: Harness }) {
  return (
    <Card
      title="Identity"
      description="Whose conversations these are"
      actions={identity.kind === 'development-wallet' && <Badge tone="warning">Development only</Badge>}
    >
      <Facts>
        <Fact name="Signed in with">
          {identity.kind === 'browser-wallet' ? identity.name : KINDS[identity.kind]}
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
