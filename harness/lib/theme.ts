export type Theme = 'system' | 'light' | 'dark'

const KEY = 'harness-theme'

/** Runs before anything is painted, so that no page flashes in the other theme. */
export const THEME_SCRIPT = `try{const t=localStorage.getItem('${KEY}');if(t)document.documentElement.dataset.theme=t}catch{}`

export function currentTheme(): Theme {
  const { theme } = document.documentElement.dataset
  return theme === 'light' || theme === 'dark' ? theme : 'system'
}

/** Shows the theme, and keeps it for the next visit where the browser allows it. */
export function chooseTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
  try {
    if (theme === 'system') localStorage.removeItem(KEY)
    else localStorage.setItem(KEY, theme)
  } catch {
    // A browser that keeps nothing still shows the theme.
  }
}
