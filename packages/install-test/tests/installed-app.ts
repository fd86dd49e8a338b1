import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const PACKAGE = fileURLToPath(new URL('..', import.meta.url))
const WORKSPACE = join(PACKAGE, '../..')
const INSTALLED = join(PACKAGE, '.installed')

/** What is published, by the name of its folder. */
export const PUBLISHED = ['sdk-core', 's5-portal', 'react']

/** What `pnpm pack` makes of a built package. */
export function pack(folder: string): string {
  const source = join(WORKSPACE, 'packages', folder)
  const args = ['pack', '--json', '--pack-destination', INSTALLED]
  mkdirSync(INSTALLED, { recursive: true })
  const printed = execFileSync(join(WORKSPACE, 'node_modules/.bin/pnpm'), args, {
    cwd: source,
    encoding: 'utf8',
  })
  return JSON.parse(printed).filename
}

/**
 * A copy of `apps/<name>` in which the tarballs are installed: unpacked, with nothing beside them but what their
 * manifests name. `links` are what else the app depends on. Gives back its folder.
 */
export function installApp(
  name: string,
  tarballs: ReadonlyMap<string, string>,
  links: string[] = [],
): string {
  const app = join(INSTALLED, name)
  rmSync(app, { recursive: true, force: true })
  cpSync(join(PACKAGE, 'apps', name), app, { recursive: true })
  for (const [folder, tarball] of tarballs) unpack(folder, tarball, join(app, 'node_modules'))
  for (const link of links) linkTo(join(PACKAGE, 'node_modules', link), join(app, 'node_modules', link))
  return app
}

/** What the manifest of a tarball names, also as peers. */
export function dependenciesIn(tarball: string): Record<string, string> {
  const text = execFileSync('tar', ['-xOf', tarball, 'package/package.json'], { encoding: 'utf8' })
  const { dependencies, peerDependencies } = JSON.parse(text)
  return { ...dependencies, ...peerDependencies }
}

function unpack(folder: string, tarball: string, modules: string): void {
  const target = join(modules, '@s5-conversations', folder)
  mkdirSync(target, { recursive: true })
  execFileSync('tar', ['-xf', tarball, '-C', target, '--strip-components=1'])
  const { dependencies = {} } = JSON.parse(readFileSync(join(target, 'package.json'), 'utf8'))
  for (const name of Object.keys(dependencies)) {
    linkTo(join(WORKSPACE, 'packages', folder, 'node_modules', name), join(target, 'node_modules', name))
  }
}

function linkTo(source: string, target: string): void {
  mkdirSync(dirname(target), { recursive: true })
  symlinkSync(realpathSync(source), target)
}
