import Link from 'next/link'
import { Card } from '../ui/card'

const STEPS = [
  {
    href: '/chat-context-rag-demo',
    title: 'Chat',
    text: 'Send a few messages at once, reload in the middle of an answer.',
  },
  {
    href: '/two-tabs',
    title: 'Two tabs',
    text: 'Let two devices save one conversation, and see who is out of date.',
  },
  { href: '/offline', title: 'Offline', text: 'Write without a network, and watch it arrive later.' },
  { href: '/faults', title: 'Faults', text: 'Break the portal: lost answers, old data, a full disk.' },
  { href: '/inspector', title: 'Inspector', text: 'Look at what really lies on S5, and verify it.' },
]

/** What somebody new might try, in this order. */
export function NextSteps() {
  return (
    <Card
      title="What to try"
      description="Each takes a minute. Nothing you do here can lose a message; try to."
    >
      <ol className="grid gap-3 sm:grid-cols-2 lg:grid-cols-3">
        {STEPS.map(({ href, title, text }) => (
          <li key={href}>
            <Link
              href={href}
              prefetch={false}
              className="block h-full rounded-control border border-line p-4 hover:border-accent hover:bg-accent-soft"
            >
              <span className="font-medium">{title}</span>
              <span className="mt-1 block text-sm text-muted">{text}</span>
            </Link>
          </li>
        ))}
      </ol>
    </Card>
  )
}
