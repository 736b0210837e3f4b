/** What is declared now as the cause, terminals of one declaration together. */

import type { DeclarableCause } from '@tillsight/shared/events/reasons.ts'
import type { DeclaredCause } from '@tillsight/shared/metrics/declared-causes.ts'
import type { Role } from '@tillsight/shared/registry/tables.ts'

/** What no code of a till tells: what the shop weighs up by itself. */
export const sayableCauses = [
  'MARGIN_FEE',
  'COST_BENEFIT',
  'RISK_APPETITE',
  'CUSTOMER_MIX',
] as const satisfies readonly DeclarableCause[]

interface DeclaredRow {
  cause: DeclarableCause
  /** RFC 3339. */
  since: string
  /** `you`: by the key that looks. `till`: the terminal said so itself. */
  by: 'you' | Exclude<Role, 'terminal'> | 'till'
  terminals: string[]
}

export interface Declared {
  /** Names the next tap on this page: sent twice, it counts once. */
  tap: string
  /** Terminals that are not retired. */
  terminals: number
  rows: DeclaredRow[]
}

type Declarers = ReadonlyMap<string, { keyId: string; role: Role }>

/** @param inForce of the terminals that are not retired. */
export function declaredRows(inForce: readonly DeclaredCause[], declarers: Declarers, keyId: string): DeclaredRow[] {
  const rows = new Map<string, DeclaredRow>()
  for (const { terminalNo, id, time, cause } of inForce) {
    if (cause === null) continue
    const by = byOf(declarers.get(id), keyId)
    const key = `${by} ${cause} ${by === 'till' ? '' : id}`
    const since = new Date(time).toISOString()
    const row = rows.get(key)
    if (row === undefined) rows.set(key, { cause, since, by, terminals: [terminalNo] })
    else {
      row.terminals.push(terminalNo)
      if (since < row.since) row.since = since
    }
  }
  return [...rows.values()].sort((a, b) => b.terminals.length - a.terminals.length)
}

function byOf(declarer: { keyId: string; role: Role } | undefined, keyId: string): DeclaredRow['by'] {
  if (declarer === undefined || declarer.role === 'terminal') return 'till'
  return declarer.keyId === keyId ? 'you' : declarer.role
}
