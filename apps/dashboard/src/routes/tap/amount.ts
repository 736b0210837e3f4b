/** An amount as it is typed on the keypad, in yuan: `86.5`. */

export const keypad = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '.', '0', 'back'] as const
export type Key = (typeof keypad)[number]

/** Up to ¥9,999,999.99, so that no card number can be typed as an amount. */
const yuanDigits = 7
const fenDigits = 2

/** What stands there after a key. A key that makes no sense changes nothing. */
export function typed(text: string, key: Key): string {
  if (key === 'back') return text.slice(0, -1)
  const [yuan = '', fen] = text.split('.')
  if (key === '.') return fen === undefined ? `${yuan === '' ? '0' : yuan}.` : text
  if (fen !== undefined) return fen.length < fenDigits ? text + key : text
  if (yuan === '0') return key
  return yuan.length < yuanDigits ? text + key : text
}

/** In fen; 0 where nothing is typed. */
export function fenOf(text: string): number {
  const [yuan = '', fen = ''] = text.split('.')
  return Number(yuan) * 100 + Number(fen.padEnd(fenDigits, '0'))
}

/** As it would be typed. */
export function typedOf(fen: number): string {
  const yuan = String(Math.floor(fen / 100))
  const rest = fen % 100
  if (rest === 0) return yuan
  return `${yuan}.${String(rest).padStart(fenDigits, '0').replace(/0$/, '')}`
}
