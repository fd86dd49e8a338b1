import type { ConversationChange, FieldChange } from './change'
import { type DagValue, digestOf } from './codec'
import { type Register, timeOf } from './head'
import { type CommitContext, type ConversationState, registerValue, type StateDelta } from './state'

/** The registers that a change writes; `ignored` gets the names of those it leaves. */
export function applyFields(
  state: ConversationState,
  change: ConversationChange,
  ignored: string[],
  context: CommitContext,
): Pick<StateDelta, 'title' | 'fields'> {
  const { head } = state
  const resolve = (stored: Register | undefined, field: FieldChange, name: string) => {
    const register = resolveField(stored, field, change.kind === 'overwrite', context)
    if (register === 'ignored') ignored.push(name)
    return register === 'ignored' ? undefined : register
  }
  const set = Object.entries(change.fields).flatMap(([name, field]) => {
    const register = resolve(head.fields[name], field, `metadata.${name}`)
    return register === undefined ? [] : [[name, register] as const]
  })
  const title = change.title && resolve(head.title ?? undefined, change.title, 'title')
  const removed = change.kind === 'overwrite' ? removeFields(head.fields, change.fields, context) : []
  return {
    ...(title === undefined ? {} : { title }),
    fields: Object.fromEntries([...set, ...removed]),
  }
}

function resolveField(
  stored: Register | undefined,
  field: FieldChange,
  isForced: boolean,
  context: CommitContext,
): Register | 'ignored' | undefined {
  const value = field.value as DagValue
  if (stored === undefined) return [value, context.now, context.device]
  const known = registerValue(stored)
  if (known !== undefined && digestOf(known) === digestOf(value)) return undefined
  if (field.blind && !isForced) return 'ignored'
  return [value, laterThan(stored, context), context.device]
}

function removeFields(
  stored: { readonly [name: string]: Register },
  kept: { readonly [name: string]: FieldChange },
  context: CommitContext,
): [string, Register][] {
  return Object.entries(stored)
    .filter(([name, register]) => !Object.hasOwn(kept, name) && registerValue(register) !== undefined)
    .map(([name, register]) => [name, [laterThan(register, context), context.device]])
}

/** A device whose clock ran ahead must not freeze the field for all others. */
function laterThan(stored: Register, context: CommitContext): number {
  return Math.max(context.now, timeOf(stored) + 1)
}
