/**
 * Mistakes that a record alone does not show, or that only a person can mend. The page refuses such rows of a file, so that
 * nothing is guessed; programs, which use the API, know what they send.
 */

import { setImmediate } from 'node:timers/promises'
import { demandMerchant, demandTerminal, InvalidRecord } from '@tillsight/shared/registry/records.ts'
import { recordText } from '#api/import-preview.ts'
import { idIn, type CsvRow, type ReadRow, type Row } from '#api/import-rows.ts'
import { isInProvince } from '#lib/places.ts'

export class Contradiction extends InvalidRecord {
  /** The row that says otherwise. */
  readonly otherRow: number

  constructor(pointer: string, otherRow: number) {
    super(pointer, `row ${otherRow} says otherwise`, 'contradiction')
    this.otherRow = otherRow
  }
}

/** What a row says, where it could be taken by itself; one that could not is told why, and contradicts nothing. */
interface Claim {
  record: Row
  /** Of what merchant or terminal. */
  name: string
  /** All that it says of it. */
  text: string
}

/** The same rows; what is a mistake is no record any more. */
export async function withoutMistakes(rows: readonly CsvRow[]): Promise<CsvRow[]> {
  const read: { row: CsvRow; claim: Claim | undefined }[] = []
  for (const row of rows) {
    read.push({ row, claim: claimIn(row.record) })
    // Of a long file, so that the process answers others in between.
    if (read.length % 1_000 === 0) await setImmediate()
  }
  /** By name what is said, with the first row that says so. */
  const said = new Map<string, Map<string, number>>()
  for (const { row, claim } of read) {
    if (claim === undefined) continue
    const texts = said.get(claim.name) ?? new Map<string, number>()
    said.set(claim.name, texts)
    if (!texts.has(claim.text)) texts.set(claim.text, row.row)
  }
  return read.map(({ row, claim }) => {
    if (claim === undefined) return row
    const problem = contradictionOf(claim, said.get(claim.name) ?? []) ?? placeProblem(claim.record)
    return problem === undefined ? row : { ...row, record: problem }
  })
}

function claimIn(record: ReadRow): Claim | undefined {
  if (record instanceof InvalidRecord) return undefined
  const [merchantNo, terminalNo] = [idIn(record, 'merchantNo'), idIn(record, 'terminalNo')]
  try {
    switch (record['kind']) {
      case 'merchant':
        demandMerchant(merchantNo, record)
        return { record, name: merchantNo, text: recordText(record) }
      case 'terminal':
        demandTerminal(merchantNo, terminalNo, record)
        return { record, name: `${merchantNo} ${terminalNo}`, text: recordText(record) }
      default:
        return undefined
    }
  } catch (error) {
    if (error instanceof InvalidRecord) return undefined
    throw error
  }
}

/**
 * Which of two rows is right, only the person knows: the last, which the API keeps, is as likely the old one of two lists that
 * were put together. Rows that say the same do no harm.
 */
function contradictionOf({ record, text }: Claim, said: Iterable<[string, number]>): Contradiction | undefined {
  for (const [other, row] of said) {
    if (other !== text) return new Contradiction(record['kind'] === 'terminal' ? '/terminalNo' : '/merchantNo', row)
  }
  return undefined
}

/** Of a place that can't be, the page would know no name and find no shops to compare with. */
function placeProblem(record: Row): InvalidRecord | undefined {
  if (record['kind'] !== 'merchant' || isInProvince(idIn(record, 'region'))) return undefined
  return new InvalidRecord('/region', 'no province has such a code', 'noProvince')
}
