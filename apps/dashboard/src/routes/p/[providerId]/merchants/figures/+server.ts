import type { Dated } from '#lib/frame.ts'
import { merchantRows } from '../read-rows.ts'
import { providerAnswersWith } from '#server/provider-figures.ts'
import { choiceIn, chosen, optionsOf, pageOf, type Choice, type MerchantPage } from '../rows.ts'
import type { RequestHandler } from './$types'

export interface MerchantsFigures extends Dated {
  choice: Choice
  list: MerchantPage
  /** To filter by. */
  options: { mcc: string[]; city: string[] }
}

export const GET: RequestHandler = providerAnswersWith<MerchantsFigures>(async ({ query, ...question }) => {
  const choice = choiceIn(query)
  const { asOf, rows } = await merchantRows(question)
  return {
    asOf,
    choice,
    list: pageOf(chosen(rows, choice), choice.page),
    options: { mcc: optionsOf(rows, 'mcc'), city: optionsOf(rows, 'city') },
  }
})
