import { join } from 'node:path'
import ts from 'typescript'
import { ROOT } from './documents'

/** Where an application would be that has all packages installed. */
export const APPLICATION = join(ROOT, 'docs/tests')

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  lib: [
    'lib.es2023.d.ts',
    'lib.es2024.string.d.ts',
    'lib.dom.d.ts',
    'lib.dom.iterable.d.ts',
    'lib.dom.asynciterable.d.ts',
  ],
  types: ['node'],
  jsx: ts.JsxEmit.ReactJSX,
  skipLibCheck: true,
  noEmit: true,
}

/** Modules of the application by name, as applications see the packages: built. */
export type Modules = ReadonlyMap<string, string>

/** Parsed once, however many programs there are. */
const parsed = new Map<string, ts.SourceFile | undefined>()

/** @param strict JavaScript cannot say what strictness asks for */
export function createProgram(modules: Modules, strict: boolean): ts.Program {
  const options = { ...OPTIONS, strict }
  const host = ts.createCompilerHost(options)
  const { getSourceFile, fileExists, readFile } = host
  const textOf = (path: string) => modules.get(path.slice(APPLICATION.length + 1))
  host.getCurrentDirectory = () => APPLICATION
  host.fileExists = (path) => textOf(path) !== undefined || fileExists(path)
  host.readFile = (path) => textOf(path) ?? readFile(path)
  host.getSourceFile = (path, version) => {
    const text = textOf(path)
    if (text !== undefined) return ts.createSourceFile(path, text, version)
    if (!parsed.has(path)) parsed.set(path, getSourceFile(path, version))
    return parsed.get(path)
  }
  return ts.createProgram([...modules.keys()].map(pathOf), options, host)
}

export function pathOf(name: string): string {
  return join(APPLICATION, name)
}

/** What is wrong with a module, a line each. */
export function problemsOf(program: ts.Program, name: string): string[] {
  const file = program.getSourceFile(pathOf(name))
  const problems = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]
  return problems.map(({ messageText, start = 0 }) => {
    const line = (file?.getLineAndCharacterOfPosition(start).line ?? 0) + 1
    return `line ${line}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`
  })
}

/** TypeScript without its types. */
export function toJavaScript(code: string): string {
  return ts.transpileModule(code, { compilerOptions: { ...OPTIONS, noEmit: false } }).outputText
}
