import { type Document, fencesOf } from './documents'

/** A command as it is shown on a page: in a fence of a shell, or inline. */
export interface Command {
  /** Of the page. */
  path: string
  text: string
}

const PROGRAMS = /^(?:npm|npx|node)\s/

/** What a page tells its reader to run with npm, npx or node. Comments and settings of the shell are left out. */
export function commandsOf(document: Document): Command[] {
  const { path, text } = document
  const fences = fencesOf(document)
  const shell = fences.filter(({ language }) => language === 'sh').flatMap((fence) => linesOf(fence.text))
  const prose = fences.reduce((rest, fence) => rest.replace(fence.text, ''), text)
  const inline = [...prose.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code)
  return [...shell, ...inline]
    .map((command) => command.replace(/ #.*$/, '').trim())
    .filter((command) => PROGRAMS.test(command))
    .map((command) => ({ path, text: command }))
}

function linesOf(shell: string): string[] {
  return shell.replaceAll(/\\\n\s*/g, '').split('\n')
}
