// Why a till does or does not take Huabei, and what it says when asked. Codes: contract section 6.
import type { Day } from './calendar.ts'
import type { Code, HuabeiMethod, State } from './events.ts'
import type { Random, Weighted } from './random.ts'

export type Refusal = { code: Code; disabledChannels?: readonly string[] }

/** How the till answers a request for Huabei. */
type Answer =
  | { answer: 'approves'; fails?: { share: number; refusals: readonly Weighted<Refusal>[] } }
  | { answer: 'substitutes' }
  | { answer: 'refuses'; refusals: readonly Weighted<Refusal>[]; only?: HuabeiMethod }

export type Story = Answer & {
  state: State
  /** The reason somebody declared at the till (contract section 6, "Declared causes"). */
  cause?: string
  /** False where the till can't scan a wallet at all, so a refused customer has to pay some other way. */
  scans: boolean
}

const says = (system: Code['system'], value: string, disabledChannels?: readonly string[]): Refusal =>
  disabledChannels ? { code: { system, value }, disabledChannels } : { code: { system, value } }

// What the wallet answers where the request itself excluded Huabei: it has no code of its own for that
// (domain notes, finding 1), so only `disabledChannels` tells.
const NO_INSTRUMENT = 'ACQ.NO_PAYMENT_INSTRUMENTS_AVAILABLE'

export const STORIES = {
  open: { answer: 'approves', state: 'open', scans: true },
  /** What was open until the till got it (`BAD_FIRMWARE`). */
  badFirmware: {
    answer: 'approves',
    state: 'open',
    scans: true,
    fails: { share: 0.3, refusals: [[says('LOCAL', 'POS_METHOD_NOT_IMPLEMENTED'), 1]] },
  },
  oldTill: {
    answer: 'refuses',
    state: 'not_capable',
    scans: false,
    refusals: [
      [says('LOCAL', 'POS_METHOD_NOT_IMPLEMENTED'), 9],
      [says('LOCAL', 'POS_CUSTOMER_ASKED_NOT_TRIED'), 1],
    ],
  },
  oldFirmware: {
    answer: 'refuses',
    state: 'not_capable',
    scans: true,
    refusals: [[says('LOCAL', 'POS_FIRMWARE_TOO_OLD'), 1]],
  },
  creditSwitchedOff: {
    answer: 'refuses',
    state: 'signed_not_open',
    scans: true,
    refusals: [[says('ALIPAY', NO_INSTRUMENT, ['credit_group']), 1]],
  },
  instalmentsSwitchedOff: {
    answer: 'refuses',
    state: 'open',
    scans: true,
    only: 'HUABEI_INSTALMENT',
    refusals: [[says('ALIPAY', NO_INSTRUMENT, ['pcreditpayInstallment']), 1]],
  },
  noAgreement: {
    answer: 'refuses',
    state: 'capable_not_signed',
    scans: true,
    refusals: [[says('ALIPAY', 'ACQ.ACCESS_FORBIDDEN'), 1]],
  },
  agreementPending: {
    answer: 'refuses',
    state: 'capable_not_signed',
    scans: true,
    refusals: [
      [says('ALIPAY', 'ACQ.MERCHANT_AGREEMENT_NOT_EXIST'), 3],
      [says('ISO8583', '40'), 1],
    ],
  },
  marginFee: {
    answer: 'refuses',
    state: 'signed_not_open',
    scans: true,
    cause: 'MARGIN_FEE',
    refusals: [[says('LOCAL', 'POS_CHANNEL_CLOSED'), 1]],
  },
  riskAppetite: {
    answer: 'refuses',
    state: 'suspended',
    scans: true,
    cause: 'RISK_APPETITE',
    refusals: [[says('LOCAL', 'POS_CHANNEL_CLOSED'), 1]],
  },
  // The till believes it takes Huabei; the wallet quietly charges something else.
  substitution: { answer: 'substitutes', state: 'open', scans: true },
  notRegistered: {
    answer: 'refuses',
    state: 'not_capable',
    scans: true,
    refusals: [
      [says('ISO8583', '58'), 4],
      [says('ISO8583', '97'), 1],
    ],
  },
  restrictedTrade: {
    answer: 'refuses',
    state: 'signed_not_open',
    scans: true,
    refusals: [
      [says('ALIPAY', 'ACQ.RESTRICTED_MERCHANT_INDUSTRY'), 7],
      [says('LOCAL', 'POS_CASHIER_REFUSED'), 3],
    ],
  },
} as const satisfies Record<string, Story>

export type StoryName = keyof typeof STORIES

type Till = { story: StoryName; opensOn: Day | null; spoiltOn: Day | null }

export function storyOn(till: Till, day: Day): Story {
  if (till.spoiltOn !== null && day >= till.spoiltOn) return STORIES.badFirmware
  return till.opensOn !== null && day >= till.opensOn ? STORIES.open : STORIES[till.story]
}

/** The till's answer to one request: null where it would take it. */
export function refusalsOf(story: Story, method: HuabeiMethod, random: Random): readonly Weighted<Refusal>[] | null {
  if (story.answer === 'approves')
    return story.fails !== undefined && random.chance(story.fails.share) ? story.fails.refusals : null
  if (story.answer !== 'refuses') return null
  return story.only === undefined || story.only === method ? story.refusals : null
}
