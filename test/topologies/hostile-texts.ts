/** Texts that end a string, a line, a statement or a field somewhere on the way, and events that carry them. */

import type { WireEvent } from '../judge/wire-event.ts'

/** All different, some only in what an escaping too few or too many makes of them. */
export const hostileTexts = [
  "'",
  "''",
  "\\'",
  '"',
  '`',
  '\\',
  '\\\\',
  '\t',
  '\\t',
  '\n',
  '\\n',
  '\r\n',
  '\n\n',
  '\n\n; DROP TABLE checkout_events;\n\n',
  "'; DROP TABLE checkout_events; --",
  "'); DROP TABLE keys; --",
  '{p1:String}',
  '$1',
  '\\N',
  'NULL',
  '%00',
  '%2F',
  'a/b?c#d&e=f+g',
  'a',
  'a ',
  ' a',
  'a\\',
  'é',
  'e\u0301',
  '🧧',
  '👩‍👩‍👧‍👦',
  '\u2028',
  'a\ufeff',
  '\u202e',
  '花呗',
  '\b\f\v\u007f',
]

/** No codes to be mapped: a Postgres text holds no NUL, and PGlite drops a byte order mark that begins a text. */
export const unmappableTexts = [
  '\ufeff',
  '\ufeffa',
  '\0',
  'a\0',
  '\0a',
  "\0'; DROP TABLE checkout_events; --",
  '\n\0\n\n',
]

// Attributes of an event hold no control characters, only its data does.
const controls = /[\u0000-\u001f\u007f-\u009f]/g

/** For each text a checkout declined for it and, an hour later, another one that the same customer paid. */
export function hostileEvents(texts: readonly string[], source: string, from: number): WireEvent[] {
  return texts.flatMap((text, i) => {
    const id = `${i} ${text.replaceAll(controls, '')}`
    const payment = { attempt: 1, amount: 100 + i, currency: 'CNY', customer: { token: text } }
    const declined = { method: 'HUABEI', code: { system: 'LOCAL', value: text }, disabledChannels: [text], items: [] }
    const shared = { specversion: '1.0', source }
    const at = (minutes: number) => new Date(from + minutes * 60_000).toISOString()
    return [
      {
        ...shared,
        id,
        type: 'tillsight.payment.declined',
        time: at(i),
        data: { checkoutId: text, ...payment, ...declined },
      },
      {
        ...shared,
        id: `${id}+`,
        type: 'tillsight.payment.succeeded',
        time: at(i + 60),
        data: { checkoutId: `${text}+`, ...payment, method: 'CASH', fundBills: [{ channel: text, amount: 1 }] },
      },
    ]
  })
}
