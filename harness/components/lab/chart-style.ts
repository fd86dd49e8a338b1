/** How all charts look, in the colours of the theme. */
export const TICK = { fill: 'var(--muted)', fontSize: 12 }
export const MARGIN = { top: 8, right: 8, bottom: 0, left: -16 }
export const TOOLTIP = {
  background: 'var(--surface)',
  border: '1px solid var(--line)',
  borderRadius: 8,
  color: 'var(--ink)',
}
