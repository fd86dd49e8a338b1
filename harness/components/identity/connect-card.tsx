'use client'

import { FlaskConical, KeyRound, Wallet } from 'lucide-react'
import { lazy, type ReactNode, Suspense, useState } from 'react'
import type { Identity } from '@/lib/sdk/identity'
import { type PageState, pageSession } from '@/lib/sdk/page-session'
import { Card } from '../ui/card'
import { Skeleton } from '../ui/skeleton'
import { ConnectProblem } from './connect-problem'
import { NewIdentityDialog } from './new-identity-dialog'

// Wallets bring ethers along, and phrases the SDK: they are fetched when somebody wants them.
const BrowserWallets = lazy(() => import('./browser-wallets').then((m) => ({ default: m.BrowserWallets })))
const DevelopmentWallet = lazy(() =>
  import('./development-wallet').then((m) => ({ default: m.DevelopmentWallet })),
)
const RecoveryPhrase = lazy(() => import('./recovery-phrase').then((m) => ({ default: m.RecoveryPhrase })))
const SignRequest = lazy(() => import('./sign-request').then((m) => ({ default: m.SignRequest })))

type Way = 'browser' | 'development' | 'phrase'

interface ConnectCardProps {
  state: Extract<PageState, { status: 'signed-out' | 'signing' }>
}

/** Signs somebody in: first by what, then what will be signed, then the signature. */
export function ConnectCard({ state }: ConnectCardProps) {
  return (
    <Card
      title="Connect a wallet"
      description="Your wallet's signature is the key to your conversations: the same wallet opens them on any device."
      className="mx-auto w-full max-w-xl"
    >
      {state.status === 'signed-out' && <ConnectProblem state={state} />}
      <Suspense fallback={<Skeleton className="h-32" />}>
        <Step isSigning={state.status === 'signing'} />
      </Suspense>
      {state.status === 'signing' && state.question !== undefined && (
        <NewIdentityDialog question={state.question} />
      )}
    </Card>
  )
}

function Step({ isSigning }: { isSigning: boolean }) {
  const [way, setWay] = useState<Way>()
  const [wallet, setWallet] = useState<Identity>()
  const leave = () => {
    setWay(undefined)
    setWallet(undefined)
  }
  if (wallet !== undefined) return <SignRequest identity={wallet} isSigning={isSigning} onCancel={leave} />
  if (way === 'browser') return <BrowserWallets onChoose={setWallet} onCancel={leave} />
  if (way === 'development') return <DevelopmentWallet onChoose={setWallet} onCancel={leave} />
  if (way === 'phrase') {
    return <RecoveryPhrase isSigning={isSigning} onPhrase={signInWithPhrase} onCancel={leave} />
  }
  return <Ways isBusy={isSigning} onChoose={setWay} />
}

function signInWithPhrase(seedPhrase: string): void {
  void pageSession.signIn({ kind: 'phrase', seedPhrase })
}

function Ways({ isBusy, onChoose }: { isBusy: boolean; onChoose(way: Way): void }) {
  if (isBusy) return <p role="status">Opening your conversations …</p>
  return (
    <div className="flex flex-col gap-2">
      <WayButton icon={<Wallet />} title="Browser wallet" onClick={() => onChoose('browser')}>
        MetaMask, Rabby, or any other that is installed in this browser
      </WayButton>
      <WayButton icon={<FlaskConical />} title="Development wallet" onClick={() => onChoose('development')}>
        Made in this page, needs no extension. For trying things out: nothing of value belongs in it
      </WayButton>
      <WayButton icon={<KeyRound />} title="Recovery phrase" onClick={() => onChoose('phrase')}>
        Fifteen words instead of a wallet: new ones, or those you have
      </WayButton>
    </div>
  )
}

interface WayButtonProps {
  icon: ReactNode
  title: string
  onClick(): void
  children: ReactNode
}

function WayButton({ icon, title, onClick, children }: WayButtonProps) {
  return (
    <button
      type="button"
      onClick={onClick}
      className="flex w-full items-center gap-3 rounded-control border border-line px-4 py-3 text-left text-sm hover:bg-raised [&_svg]:size-5 [&_svg]:shrink-0 [&_svg]:text-accent"
      data-testid={`connect-${title.split(' ')[0]?.toLowerCase()}`}
    >
      {icon}
      <span>
        <span className="block font-medium">{title}</span>
        <span className="block text-xs text-muted">{children}</span>
      </span>
    </button>
  )
}
