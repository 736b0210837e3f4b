import type { Declared } from '#charts/causes/declared.ts'
import { causesOf, type Causes } from '#charts/causes/rows.ts'
import type { Comparison } from '#lib/comparison.ts'
import type { Dated } from '#lib/frame.ts'
import { causesCompared } from '#server/comparison.ts'
import { declaredFor } from '#server/declare.ts'
import { answersWith } from '#server/figures.ts'
import type { RequestHandler } from './$types'

export interface CausesFigures extends Dated {
  causes: Causes
  /** Nothing is known to be lost, and of some checkouts nobody knows. */
  vague: boolean
  comparison: Comparison
  declared: Declared
}

export const GET: RequestHandler = answersWith<CausesFigures>(async (asked) => {
  const [{ found, comparison, byReason }, declared] = await Promise.all([
    causesCompared(asked),
    declaredFor(asked, asked.merchant, asked.principal),
  ])
  const { amount, high } = found.totals.netLost
  return { asOf: found.asOf, causes: causesOf(found, byReason), vague: amount === 0 && high > 0, comparison, declared }
})
