// The hardware: which invented model stands where, and what its registry record says (contract section 3).
import type { Random } from './random.ts'
import type { StoryName } from './stories.ts'

export type TerminalRecord = {
  serialNo: string
  /** 02 traditional POS, 04 smart POS, 10 barcode terminal (domain notes, section 4). */
  deviceType: string
  vendor: string
  model: string
  firmware: string
  retiredOn: string | null
}

type Model = Pick<TerminalRecord, 'deviceType' | 'vendor' | 'model' | 'firmware'>

const TRADITIONAL: readonly Model[] = [
  { deviceType: '02', vendor: '澜枢', model: 'LS-200', firmware: '1.4.2' },
  { deviceType: '02', vendor: '澜枢', model: 'LS-210', firmware: '1.6.0' },
]
const OUTDATED: readonly Model[] = [{ deviceType: '04', vendor: '桐序', model: 'TX-5', firmware: '2.1.7' }]
const MODERN: readonly Model[] = [
  { deviceType: '04', vendor: '桐序', model: 'TX-5', firmware: '3.4.1' },
  { deviceType: '04', vendor: '桐序', model: 'TX-5 Plus', firmware: '3.4.1' },
  { deviceType: '10', vendor: '砚田', model: 'YT-Q1', firmware: '5.0.3' },
]

/** What an outdated till reports once it was brought up to date. */
export const MENDED_FIRMWARE = '3.4.1'

/** A newer firmware that spoils Huabei, and the model that it is for. */
export const BAD_FIRMWARE = { model: 'YT-Q1', firmware: '5.1.0' }

export function terminalRecord(random: Random, story: StoryName): TerminalRecord {
  const models = story === 'oldTill' ? TRADITIONAL : story === 'oldFirmware' ? OUTDATED : MODERN
  const model = random.pick(models)
  const serialNo = `${model.model.replaceAll(/\W/g, '').toUpperCase()}${String(random.below(1e8)).padStart(8, '0')}`
  return { serialNo, ...model, retiredOn: null }
}
