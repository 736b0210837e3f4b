// What kind of shop it is decides when people come, what they spend and how old they are.
// The shapes are invented, to look right; the age mixes are set so that about 0.72 of those who ask
// for Huabei are under 35 (domain notes, section 5, "Users").
import type { Weighted } from './random.ts'

export const AGE_BANDS = ['under-18', '18-24', '25-34', '35-44', '45-59', '60+'] as const
export type AgeBand = (typeof AGE_BANDS)[number]

export type Trade = {
  /** Local hours, fractions allowed; shops close before midnight, so a visit never straddles two days. */
  opens: number
  closes: number
  /** Customers at the tills on a plain working day. */
  visits: number
  weekend: number
  holiday: number
  /** Peaks of the day: the hour, how many hours wide (one standard deviation), and how many come for it. */
  peaks: readonly Weighted<{ hour: number; width: number }>[]
  /** Log-normal in fen: median, standard deviation of the logarithm, the bounds, and the step prices come in. */
  ticket: { median: number; sigma: number; least: number; most: number; step: number }
  ages: readonly Weighted<AgeBand>[]
  /** Of those asking for Huabei with at least INSTALMENTS_FROM, the share that wants instalments. */
  instalments: number
}

/** Alipay suggests instalments from ¥100 (domain notes 1.3); in shops people begin to ask somewhat higher. */
export const INSTALMENTS_FROM = 30_000

const ages = (...weights: readonly number[]): readonly Weighted<AgeBand>[] =>
  AGE_BANDS.map((band, i) => [band, weights[i] ?? 0])

const TRADES = {
  // 5812 restaurant
  5812: {
    opens: 10,
    closes: 22,
    visits: 130,
    weekend: 1.25,
    holiday: 1.35,
    peaks: [
      [{ hour: 12.2, width: 0.7 }, 40],
      [{ hour: 18.6, width: 0.9 }, 46],
      [{ hour: 15.5, width: 2.5 }, 14],
    ],
    ticket: { median: 8_600, sigma: 0.6, least: 1_200, most: 180_000, step: 100 },
    ages: ages(0.01, 0.17, 0.28, 0.25, 0.2, 0.09),
    instalments: 0,
  },
  // 5814 fast food, here a tea shop
  5814: {
    opens: 9.5,
    closes: 22.5,
    visits: 170,
    weekend: 1.3,
    holiday: 1.3,
    peaks: [
      [{ hour: 12.8, width: 0.8 }, 28],
      [{ hour: 15.5, width: 1.2 }, 34],
      [{ hour: 19.5, width: 1.3 }, 38],
    ],
    ticket: { median: 2_200, sigma: 0.42, least: 600, most: 20_000, step: 100 },
    ages: ages(0.05, 0.32, 0.33, 0.17, 0.1, 0.03),
    instalments: 0,
  },
  // 5411 supermarket
  5411: {
    opens: 7.5,
    closes: 22,
    visits: 200,
    weekend: 1.15,
    holiday: 1.2,
    peaks: [
      [{ hour: 9, width: 1 }, 26],
      [{ hour: 18.2, width: 1.3 }, 46],
      [{ hour: 14, width: 3 }, 28],
    ],
    ticket: { median: 4_800, sigma: 0.8, least: 200, most: 120_000, step: 10 },
    ages: ages(0.01, 0.12, 0.24, 0.25, 0.23, 0.15),
    instalments: 0,
  },
  // 5732 electronics
  5732: {
    opens: 10,
    closes: 21.5,
    visits: 100,
    weekend: 1.45,
    holiday: 1.6,
    peaks: [
      [{ hour: 14.5, width: 2 }, 50],
      [{ hour: 19.2, width: 1.2 }, 50],
    ],
    ticket: { median: 19_900, sigma: 1.2, least: 900, most: 1_299_900, step: 100 },
    ages: ages(0.01, 0.22, 0.32, 0.25, 0.15, 0.05),
    instalments: 0.45,
  },
  // 5651 clothing
  5651: {
    opens: 10,
    closes: 22,
    visits: 100,
    weekend: 1.45,
    holiday: 1.5,
    peaks: [
      [{ hour: 15, width: 2 }, 50],
      [{ hour: 19.8, width: 1.2 }, 50],
    ],
    ticket: { median: 25_900, sigma: 0.7, least: 1_900, most: 400_000, step: 100 },
    ages: ages(0.02, 0.24, 0.31, 0.24, 0.14, 0.05),
    instalments: 0.15,
  },
  // 5912 pharmacy
  5912: {
    opens: 8,
    closes: 22,
    visits: 110,
    weekend: 0.95,
    holiday: 0.8,
    peaks: [
      [{ hour: 10, width: 1.5 }, 40],
      [{ hour: 19, width: 1.5 }, 40],
      [{ hour: 15, width: 3 }, 20],
    ],
    ticket: { median: 5_800, sigma: 0.8, least: 300, most: 200_000, step: 10 },
    ages: ages(0.01, 0.1, 0.2, 0.22, 0.25, 0.22),
    instalments: 0,
  },
} as const satisfies Record<number, Trade>

export type Mcc = `${keyof typeof TRADES}`

export function tradeOf(mcc: Mcc): Trade {
  return TRADES[mcc]
}
