import ts from 'typescript'
import { createProgram, pathOf } from './compile'

/** What applications import: the entries that `docs/SDK_API.md` describes. */
export const ENTRIES = [
  '@s5-conversations/sdk-core',
  '@s5-conversations/sdk-core/wallet',
  '@s5-conversations/sdk-core/postgres',
  '@s5-conversations/sdk-core/observers',
  '@s5-conversations/sdk-core/testing',
  '@s5-conversations/react',
  '@s5-conversations/gateway',
  '@s5-conversations/gateway/client',
  '@s5-conversations/s5-portal',
] as const

export type Entry = (typeof ENTRIES)[number]

const entryModules = new Map(ENTRIES.map((entry, i) => [`entry-${i}.ts`, `export * from '${entry}'`]))
const program = createProgram(entryModules, true)
const checker = program.getTypeChecker()

/** The names that an entry exports, types too, by their symbols. */
export function exportsOf(entry: Entry): Map<string, ts.Symbol> {
  const file = program.getSourceFile(pathOf(`entry-${ENTRIES.indexOf(entry)}.ts`))
  const module = file && checker.getSymbolAtLocation(file)
  const symbols = module === undefined ? [] : checker.getExportsOfModule(module)
  return new Map(symbols.map((symbol) => [symbol.name, symbol]))
}

/** The public methods and properties of a class or interface. */
export function membersOf(entry: Entry, name: string): string[] {
  return typeOf(entry, name)
    .getProperties()
    .filter((member) => !isPrivate(member))
    .map((member) => member.name)
}

/** The texts that a union of texts allows. */
export function literalsOf(entry: Entry, name: string): string[] {
  const type = typeOf(entry, name)
  return type.isUnion() ? type.types.flatMap((each) => (each.isStringLiteral() ? [each.value] : [])) : []
}

function typeOf(entry: Entry, name: string): ts.Type {
  const symbol = exportsOf(entry).get(name)
  if (symbol === undefined) throw new Error(`${entry} exports no ${name}`)
  return checker.getDeclaredTypeOfSymbol(resolved(symbol))
}

function resolved(symbol: ts.Symbol): ts.Symbol {
  return (symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : checker.getAliasedSymbol(symbol)
}

function isPrivate({ name, valueDeclaration }: ts.Symbol): boolean {
  const flags = valueDeclaration === undefined ? 0 : ts.getCombinedModifierFlags(valueDeclaration)
  return name.startsWith('__#') || name === '#private' || (flags & ts.ModifierFlags.Private) !== 0
}
