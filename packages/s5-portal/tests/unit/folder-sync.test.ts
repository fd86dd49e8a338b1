import { mkdir } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { SharedFolderSync } from '../../src/storage/folder-sync'
import { makeTemporaryFolder } from '../support/portal'

describe('a shared folder sync', () => {
  it('is one flush for all who come while another runs', async () => {
    const names = new SharedFolderSync(await makeTemporaryFolder())
    const first = names.sync()
    await first
    const [second, third] = [names.sync(), names.sync()]
    expect(second).toBe(third)
    expect(second).not.toBe(first)
    await Promise.all([second, third])
  })

  it('never lets anyone join a flush that has already begun', async () => {
    const names = new SharedFolderSync(await makeTemporaryFolder())
    const first = names.sync()
    await Promise.resolve()
    await Promise.resolve()
    await Promise.resolve()
    const second = names.sync()
    expect(second).not.toBe(first)
    await Promise.all([first, second])
  })

  it('fails for those who waited for it, and not for those who come after', async () => {
    const folder = `${await makeTemporaryFolder()}/later`
    const names = new SharedFolderSync(folder)
    await expect(names.sync()).rejects.toThrow('ENOENT')
    await mkdir(folder)
    await expect(names.sync()).resolves.toBeUndefined()
  })
})
