/**
 * Whether a terminal has fallen silent: quiet for longer than its own habit allows.
 *
 * Looked at are the clock hours (UTC, by our clock) in which the first copy of any of its events arrived, among the
 * events timed in the last 30 days. Such an hour is one in which it was **heard**; its own clock plays no part.
 *
 * Every whole hour that has passed since the hour in which it was last heard is compared with the same hour of the week
 * one, two, three and four weeks earlier, as far as these lie between the hours in which it was first and last heard.
 * The share of them in which it was heard is how usual it is to hear from it in that hour; 0 where there are none. The
 * sum of these shares is in how many hours since then it would usually have been heard.
 *
 * It is silent when that sum is 6 or more, or when it was not heard at all in the 30 days.
 *
 * So a night, a weekend, a weekly day off add nothing, however long; a till that is heard in every opening hour is
 * missed after six of them; one that is heard in two hours a week after about three weeks; one that sends its day once
 * every night after six nights; and one that was offline for days some weeks ago is still missed by its other weeks.
 * (Were its hours independent and the shares exact, so long a quiet would be chance once in 400 times.) For its first week
 * nobody knows a till's habit. A shop that closes for a holiday does fall silent.
 */

import { sql, type RawBuilder } from 'kysely'

const hourMs = 3_600_000
const weekHours = sql.lit(168)

/** Its habit allows for fewer. */
const usualHours = 6
/** A share is a whole number of these, whatever number of weeks it is a share of. */
const parts = 12

/** The hours in which a terminal was heard, over its events' `arrived`: an aggregate, in order. */
export const heardHours = sql`arraySort(groupUniqArray(intDiv(arrived, ${sql.lit(hourMs)})))`

/** In how many of the four weeks before `hour` the till was known and not yet quiet: first <= hour - 168 k <= last. */
const weeksBefore = (hour: RawBuilder<unknown>, first: RawBuilder<unknown>, last: RawBuilder<unknown>) =>
  sql`least(4, intDiv(${hour} - ${first}, ${weekHours})) - intDiv(${hour} - ${last} - 1, ${weekHours})`

/**
 * In how many of the hours since it was last heard the terminal would usually have been heard, in twelfths.
 *
 * The sum over the quiet hours of (weeks in which it was heard / weeks) is taken the other way round: each hour in
 * which it was heard speaks for the same hour of the four weeks after it, where that was quiet.
 * @param hours an array column, as `heardHours` gives it.
 */
export function missedTwelfths(hours: RawBuilder<unknown>, now: number): RawBuilder<unknown> {
  const [first, last] = [sql`${hours}[1]`, sql`${hours}[-1]`]
  const later = sql`(heard + ${weekHours} * week)`
  const share = sql`intDiv(${sql.lit(parts)}, ${weeksBefore(later, first, last)})`
  return sql`arraySum(week -> arraySum(heard ->
        if(${later} > ${last} AND ${later} < ${Math.floor(now / hourMs)}, ${share}, 0),
        ${hours}), [1, 2, 3, 4])`
}

/** So many of them, and it is silent. */
export const silentFrom = usualHours * parts

/** Whether the terminal with these heard hours is silent. */
export const fellSilent = (hours: RawBuilder<unknown>, now: number): RawBuilder<unknown> =>
  sql`empty(${hours}) OR ${missedTwelfths(hours, now)} >= ${sql.lit(silentFrom)}`
