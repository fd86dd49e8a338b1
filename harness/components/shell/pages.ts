import {
  ChartNoAxesColumn,
  CloudOff,
  Columns2,
  House,
  MessagesSquare,
  ScanSearch,
  Settings,
  Unplug,
} from 'lucide-react'

/** All pages, in the order of the navigation. */
export const PAGES = [
  { href: '/', title: 'Overview', icon: House },
  { href: '/chat-context-rag-demo', title: 'Chat', icon: MessagesSquare },
  { href: '/two-tabs', title: 'Two tabs', icon: Columns2 },
  { href: '/offline', title: 'Offline', icon: CloudOff },
  { href: '/faults', title: 'Faults', icon: Unplug },
  { href: '/inspector', title: 'Inspector', icon: ScanSearch },
  { href: '/bench', title: 'Benchmark', icon: ChartNoAxesColumn },
  { href: '/settings', title: 'Settings', icon: Settings },
]
