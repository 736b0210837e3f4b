// What a till says of itself: once when the stream begins, and again on the day it comes to take Huabei or gets bad firmware.
import { HOUR, MINUTE, midnightOf, timestamp } from './calendar.ts'
import type { Day } from './calendar.ts'
import { sourceOf } from './events.ts'
import type { Method, State, UnnumberedEvent } from './events.ts'
import type { Market, Merchant, Terminal } from './market.ts'
import { Random } from './random.ts'
import { storyOn } from './stories.ts'
import { BAD_FIRMWARE, MENDED_FIRMWARE } from './tills.ts'
import { tradeOf } from './trades.ts'

/** The reports made on `day`, before the shop opens; `first` where the stream begins with that day. */
export function reportsOf(of: Market, merchant: Merchant, day: Day, first: boolean): UnnumberedEvent[] {
  return merchant.terminals
    .filter(({ opensOn, spoiltOn }) => first || day === opensOn || day === spoiltOn)
    .map((terminal) => reportOf(of, merchant, terminal, day))
}

function reportOf(of: Market, merchant: Merchant, terminal: Terminal, day: Day): UnnumberedEvent {
  const random = new Random(of.seed, merchant.merchantNo, terminal.terminalNo, 'report', day)
  const opens = midnightOf(day) + tradeOf(merchant.record.mcc).opens * HOUR
  const at = Math.round(opens - random.between(8, 25) * MINUTE)
  const { state, scans, cause } = storyOn(terminal, day)
  const opened = terminal.opensOn !== null && day >= terminal.opensOn
  const wallet: State = scans ? 'open' : 'not_capable'
  const methods: { method: Method; state: State }[] = [
    { method: 'HUABEI', state },
    { method: 'HUABEI_INSTALMENT', state: instalmentState(terminal, state, opened) },
    { method: 'ALIPAY', state: wallet },
    { method: 'WECHAT', state: wallet },
    { method: 'CARD', state: 'open' },
  ]
  return {
    specversion: '1.0',
    id: random.uuid(at),
    source: sourceOf(merchant.merchantNo, terminal.terminalNo),
    time: timestamp(at),
    type: 'tillsight.terminal.reported',
    data: {
      methods,
      firmware: firmwareOn(terminal, day),
      model: terminal.record.model,
      // A till that has come to take Huabei takes back whatever was declared (contract section 4: null clears it).
      ...(opened ? { cause: null } : cause !== undefined && { cause }),
    },
  }
}

function firmwareOn({ story, opensOn, spoiltOn, record }: Terminal, day: Day): string {
  if (spoiltOn !== null && day >= spoiltOn) return BAD_FIRMWARE.firmware
  return story === 'oldFirmware' && opensOn !== null && day >= opensOn ? MENDED_FIRMWARE : record.firmware
}

function instalmentState(terminal: Terminal, state: State, opened: boolean): State {
  return terminal.story === 'instalmentsSwitchedOff' && !opened ? 'signed_not_open' : state
}
