// Contract section 7: the weeks in which merchants are compared.

import { addDays, startOfDay } from './local-time.ts'

/** `begin` to `end` (exclusive), UTC milliseconds. */
export type Week = { monday: string; begin: number; end: number }

const shanghai = 'Asia/Shanghai'
const hours48 = 48 * 60 * 60_000

function isMonday(date: string): boolean {
  return new Date(`${date}T00:00:00Z`).getUTCDay() === 1
}

function weekOf(monday: string): Week {
  return { monday, begin: startOfDay(monday, shanghai), end: startOfDay(addDays(monday, 7), shanghai) }
}

/**
 * "The range's whole weeks (Monday to Sunday, Asia/Shanghai)" that "ended at least 48 h ago". A week is of the range
 * where its seven dates are; what falls in it is what Shanghai's clock puts there, wherever the merchant is.
 */
export function weeksOf(from: string, to: string, now: number): Week[] {
  const weeks: Week[] = []
  for (let date = from; addDays(date, 6) <= to; date = addDays(date, 1)) {
    if (isMonday(date)) weeks.push(weekOf(date))
  }
  return weeks.filter((week) => week.end + hours48 <= now)
}

export function isIn(moment: number, week: Week): boolean {
  return moment >= week.begin && moment < week.end
}
