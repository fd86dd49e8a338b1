import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { createClient } from '../support/client'
import { signEntry } from '../support/entries'
import { createKey } from '../support/keys'
import { openPeer } from '../support/peer-client'
import { makeTemporaryFolder } from '../support/portal'
import { spawnPortal } from '../support/process'

it('a thousand idle sockets leave the portal below 150 MB, and all of them hear of a change', async () => {
  const { child, url, peerUri } = await spawnPortal('--data-dir', await makeTemporaryFolder())
  const sockets = []
  for (let batch = 0; batch < 20; batch++) {
    sockets.push(...(await Promise.all(Array.from({ length: 50 }, () => openPeer(peerUri)))))
  }
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
  const megabytes = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024
  expect(megabytes).toBeLessThan(150)
  await createClient(url).writeEntry(signEntry(createKey(), 1, new Uint8Array(33)))
  for (const socket of sockets) expect((await socket.takeKind(7)).length).toBe(140)
})
