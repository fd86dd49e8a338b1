import { describe, expect, it } from 'vitest'
import { type NotificationEvent, NotificationService } from '../../src/index'
import { FakeClock } from '../support/fake-clock'

function createStorage(values = new Map<string, string>()) {
  return {
    values,
    getItem: (key: string) => values.get(key) ?? null,
    setItem: (key: string, value: string) => void values.set(key, value),
    removeItem: (key: string) => void values.delete(key),
  }
}

function start(storage = createStorage()) {
  const clock = new FakeClock()
  const service = new NotificationService({ storage, clock })
  const events: NotificationEvent[] = []
  service.subscribe((event) => events.push(event))
  return { service, clock, storage, events }
}

describe('Notifications', () => {
  it('go after their duration, and errors stay until they are dismissed', () => {
    const { service, clock } = start()
    service.success('Saved', 'All is well.', { duration: 1_000 })
    const error = service.error('Not saved', 'Try again.')
    clock.advance(1_000)
    expect(service.list()).toEqual([error])
    service.dismiss(error.id)
    expect(service.list()).toEqual([])
  })

  it('promise of a failed save nothing that only a device with a database keeps', () => {
    const { message } = start().service.showPersistenceNotification('save_failed')
    expect(message).not.toMatch(/kept/)
  })

  it('are folded when they come again, and counted', () => {
    const { service, events } = start()
    for (let i = 0; i < 3; i += 1) service.showPersistenceNotification('conflict_merged')
    expect(service.list()).toMatchObject([{ kind: 'conflict_merged', count: 3 }])
    expect(events.map(({ type }) => type)).toEqual(['shown', 'folded', 'folded'])
    expect(service.getStats()).toMatchObject({ shown: 1, folded: 2, byLevel: { info: 3 } })
  })

  it('run their actions', () => {
    const { service } = start()
    const ran: string[] = []
    const actions = [{ label: 'Try again', run: () => ran.push('again') }]
    const { retryable } = service.error('Not saved', '…', { retryable: true, actions })
    service.list()[0]?.actions[0]?.run()
    expect({ retryable, ran }).toEqual({ retryable: true, ran: ['again'] })
  })

  it('survive a reload if they are persistent, until they are dismissed', () => {
    const { service, storage } = start()
    service.error('Not saved', 'kept', { persistent: true })
    service.error('Not saved', 'not kept')
    const reloaded = start(storage).service
    expect(reloaded.list()).toMatchObject([{ message: 'kept', persistent: true, actions: [] }])
    reloaded.dismiss(reloaded.list()[0]?.id ?? '')
    expect(start(storage).service.list()).toEqual([])
  })

  it('are brought over from the keys of an older version, and what is damaged counts as absent', () => {
    const old = createStorage(new Map([['s5_conversations_notifications', '["from before"]']]))
    expect(start(old).service.list()).toMatchObject([{ message: 'from before' }])
    expect([...old.values.keys()]).toEqual(['s5_conversations_notifications_v2'])
    const damaged = createStorage(new Map([['s5_conversations_notifications_v2', '{"broken']]))
    expect(start(damaged).service.list()).toEqual([])
  })

  it('say that it is over when the device is back online', () => {
    const { service } = start()
    service.showPersistenceNotification('offline')
    service.showPersistenceNotification('back_online')
    expect(service.list().map(({ kind }) => kind)).toEqual(['back_online'])
  })

  it('reach every listener, whatever another one throws', () => {
    const errors: unknown[] = []
    const service = new NotificationService({ storage: undefined, onError: (error) => errors.push(error) })
    const heard: string[] = []
    service.subscribe(() => {
      throw new Error('broken')
    })
    service.subscribe(({ type }) => heard.push(type))
    service.success('a', 'b')
    service.close()
    expect({ heard, errors: errors.length }).toEqual({ heard: ['shown'], errors: 1 })
  })
})
