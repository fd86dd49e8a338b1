'use client'

import { type FormEvent, useState } from 'react'
import { openDevelopmentWallet } from '@/lib/sdk/development-wallet'
import type { Identity } from '@/lib/sdk/identity'
import { Button } from '../ui/button'
import { Field, Input } from '../ui/input'

interface DevelopmentWalletProps {
  onChoose(identity: Identity): void
  onCancel(): void
}

/** Makes a wallet in this page, or takes one from another device. */
export function DevelopmentWallet({ onChoose, onCancel }: DevelopmentWalletProps) {
  const [privateKey, setPrivateKey] = useState('')
  const [problem, setProblem] = useState<string>()
  const open = async (event: FormEvent) => {
    event.preventDefault()
    try {
      onChoose(await openDevelopmentWallet(privateKey.trim() === '' ? undefined : privateKey.trim()))
    } catch {
      setProblem('This is no private key: it has 64 hexadecimal digits.')
    }
  }
  return (
    <form onSubmit={open} className="flex flex-col gap-4">
      <p className="rounded-control bg-warning-soft px-3 py-2 text-sm text-warning">
        For development only. Its key stays in this browser, sealed; whoever can run scripts in this page can
        use it.
      </p>
      <Field
        label="Private key of a development wallet you have"
        hint="Leave it empty for a new wallet. Settings show the key of a wallet, for a second device."
        error={problem}
      >
        {(field) => (
          <Input
            {...field}
            type="password"
            autoComplete="off"
            value={privateKey}
            onChange={({ target }) => setPrivateKey(target.value)}
          />
        )}
      </Field>
      <div className="flex justify-end gap-2">
        <Button onClick={onCancel}>Back</Button>
        <Button type="submit" variant="primary" data-testid="open-development-wallet">
          {privateKey === '' ? 'Make a wallet' : 'Use this wallet'}
        </Button>
      </div>
    </form>
  )
}
