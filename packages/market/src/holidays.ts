// The public holidays, year by year: they can't be computed, because the State Council decrees each autumn which days
// of the next year are off and which weekends are worked for it. Add a year when its notice is out.

/** A local date, as `Day` in calendar.ts, which leans on this file. */
type LocalDate = string

type Year = {
  source: string
  /** First and last day of each break. */
  off: readonly (readonly [from: LocalDate, to: LocalDate])[]
  /** Saturdays and Sundays that are worked to make up for it. */
  worked: readonly LocalDate[]
}

export const YEARS: Readonly<Record<string, Year>> = {
  2025: {
    source: '国务院办公厅关于2025年部分节假日安排的通知（国办发明电〔2024〕12号，2024-11-12）',
    off: [
      ['2025-01-01', '2025-01-01'], // 元旦
      ['2025-01-28', '2025-02-04'], // 春节
      ['2025-04-04', '2025-04-06'], // 清明节
      ['2025-05-01', '2025-05-05'], // 劳动节
      ['2025-05-31', '2025-06-02'], // 端午节
      ['2025-10-01', '2025-10-08'], // 国庆节、中秋节
    ],
    worked: ['2025-01-26', '2025-02-08', '2025-04-27', '2025-09-28', '2025-10-11'],
  },
  2026: {
    source: '国务院办公厅关于2026年部分节假日安排的通知（国办发明电〔2025〕7号，2025-11-04）',
    off: [
      ['2026-01-01', '2026-01-03'],
      ['2026-02-15', '2026-02-23'],
      ['2026-04-04', '2026-04-06'],
      ['2026-05-01', '2026-05-05'],
      ['2026-06-19', '2026-06-21'],
      ['2026-09-25', '2026-09-27'], // 中秋节
      ['2026-10-01', '2026-10-07'], // 国庆节
    ],
    worked: ['2026-01-04', '2026-02-14', '2026-02-28', '2026-05-09', '2026-09-20', '2026-10-10'],
  },
  2027: {
    // The days that the law itself names, with National Day's usual week; the notice decrees the rest.
    source: '全国年节及纪念日放假办法（2024-11-10 修订）',
    off: [
      ['2027-01-01', '2027-01-01'],
      ['2027-02-05', '2027-02-08'],
      ['2027-04-05', '2027-04-05'],
      ['2027-05-01', '2027-05-02'],
      ['2027-06-09', '2027-06-09'],
      ['2027-09-15', '2027-09-15'],
      ['2027-10-01', '2027-10-07'],
    ],
    worked: [],
  },
}

/** Of a year that isn't listed, the days that never move. */
const FIXED = new Set(['01-01', '05-01', '05-02', '10-01', '10-02', '10-03'])

export function isHoliday(day: LocalDate): boolean {
  const year = YEARS[day.slice(0, 4)]
  if (year === undefined) return FIXED.has(day.slice(5))
  return year.off.some(([from, to]) => from <= day && day <= to)
}

/** Whether that Saturday or Sunday is a working day. */
export function isWorkedWeekend(day: LocalDate): boolean {
  return YEARS[day.slice(0, 4)]?.worked.includes(day) ?? false
}
