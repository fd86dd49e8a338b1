'use client'

import { Monitor, Moon, Sun } from 'lucide-react'
import { useEffect, useState } from 'react'
import { chooseTheme, currentTheme, type Theme } from '@/lib/theme'
import { Button } from '../ui/button'
import { Tooltip } from '../ui/tooltip'

const NEXT = { system: 'light', light: 'dark', dark: 'system' } as const
const ICONS = { system: Monitor, light: Sun, dark: Moon }

export function ThemeSwitch() {
  const [theme, setTheme] = useState<Theme>('system')
  useEffect(() => setTheme(currentTheme()), [])
  const Icon = ICONS[theme]
  const change = () => {
    chooseTheme(NEXT[theme])
    setTheme(NEXT[theme])
  }
  return (
    <Tooltip text={`Theme: ${theme}`}>
      <Button variant="ghost" size="icon" aria-label={`Theme: ${theme}. Change it`} onClick={change}>
        <Icon />
      </Button>
    </Tooltip>
  )
}
