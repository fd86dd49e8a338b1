'use client'

import { type DiscoveredWallet, discoverWallets } from '@s5-conversations/sdk-core/wallet'
import { Wallet } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { Identity } from '@/lib/sdk/identity'
import { Button } from '../ui/button'
import { EmptyState } from '../ui/empty-state'

interface BrowserWalletsProps {
  onChoose(identity: Identity): void
  onCancel(): void
}

/** The wallets that announce themselves in this browser (EIP-6963). */
export function BrowserWallets({ onChoose, onCancel }: BrowserWalletsProps) {
  const wallets = useDiscoveredWallets()
  return (
    <div className="flex flex-col gap-2">
      {wallets.length === 0 && (
        <EmptyState icon={<Wallet />} title="No wallet found in this browser">
          Install one and reload the page, or use a development wallet.
        </EmptyState>
      )}
      {wallets.map(({ info, signer }) => (
        <Button
          key={info.uuid}
          className="h-12 justify-start gap-3"
          onClick={() => onChoose({ kind: 'browser-wallet', name: info.name, rdns: info.rdns, signer })}
        >
          <img src={info.icon} alt="" className="size-6 rounded" />
          {info.name}
        </Button>
      ))}
      <Button variant="ghost" className="self-end" onClick={onCancel}>
        Back
      </Button>
    </div>
  )
}

function useDiscoveredWallets(): readonly DiscoveredWallet[] {
  const [wallets, setWallets] = useState<readonly DiscoveredWallet[]>([])
  useEffect(() => {
    const discovery = discoverWallets()
    setWallets(discovery.list())
    discovery.subscribe(setWallets)
    return () => discovery.close()
  }, [])
  return wallets
}
