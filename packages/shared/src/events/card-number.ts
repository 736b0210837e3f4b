/** Finds payment card numbers, which no event may carry (contract section 4). */

/** No group that repeats: a run of a few million digits would exhaust its stack. */
const run = /\d[\d -]*/g
const issuer = /^(?:62|4|5[1-5]|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720|3[47]|352[89]|35[3-8]\d)/

/** Cheap, and nearly always enough to know that there is none. */
const mayHold = /\d[\d -]{11,}\d/

/** Whether a whole run of digits in `text`, spaces and hyphens ignored, is a card number. */
export const holdsCardNumber = (text: string): boolean =>
  mayHold.test(text) && (text.match(run) ?? []).some((digits) => isCardNumber(digits.replace(/[ -]/g, '')))

/** Whether `text` is a card number and nothing else: the rule for a customer token, whose hex may hold such a run by chance. */
export const isOnlyCardNumber = (text: string): boolean =>
  /^[\d -]+$/.test(text) && isCardNumber(text.replace(/[ -]/g, ''))

/**
 * As `isOnlyCardNumber`, of a number. Past 2^53 JSON's numbers have lost their last digits and the checksum with them, so what
 * begins like a card is taken for one.
 */
export const isCardNumberOrMayBe = (value: number): boolean =>
  Number.isSafeInteger(value)
    ? isCardNumber(String(value))
    : /^\d{17,19}$/.test(String(value)) && issuer.test(String(value))

const isCardNumber = (digits: string): boolean =>
  digits.length >= 13 && digits.length <= 19 && issuer.test(digits) && luhnValid(digits)

function luhnValid(digits: string): boolean {
  let sum = 0
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i])
    sum += i % 2 === 0 ? digit : digit > 4 ? digit * 2 - 9 : digit * 2
  }
  return sum % 10 === 0
}
