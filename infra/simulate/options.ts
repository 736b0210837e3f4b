/** What `npm run simulate` can be told. */

import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'

export interface Options {
  terminals: number
  /** Events a second, on the average of the market's days. */
  rate: number
  /** How many days ago the trade begins. */
  days: number
  seed: string
  /** How long it posts; undefined: until it is stopped. */
  minutes: number | undefined
  /** Undefined: a Tillsight of its own. */
  target: { url: string; key: string; provider: string | undefined } | undefined
}

export const usage = `npm run simulate -- [options]: an invented market posts through the client, as load.

  --terminals N   how many tills, 1 to 29000 (default 500)
  --rate N        events a second on the average of the market's days, 1 to 100000 (default 2000)
  --days N        how many days ago the trade begins, 1 to 390 (default 30); it runs up to now, and then over the last
                  days again, with other customers
  --minutes N     stop after so long (default: on Ctrl-C)
  --seed TEXT     the same seed is the same market (default: another each time)
  --url URL       a Tillsight that runs; the market is registered there. Without it one is started that goes with the
                  simulation, on PORT
  --key KEY       its operator's key, or a provider's
  --provider ID   whose key it is, where it is a provider's
`

/** The message is for who typed it. */
export class BadOption extends Error {
  override readonly name = 'BadOption'
}

/** @returns undefined where only the usage is asked for. */
export function readOptions(args: readonly string[]): Options | undefined {
  const values = parse(args)
  if (values.help === true) return undefined
  const whole = (name: 'terminals' | 'rate' | 'days', fallback: number, most: number): number => {
    const number = values[name] === undefined ? fallback : Number(values[name])
    if (Number.isInteger(number) && number >= 1 && number <= most) return number
    throw new BadOption(`--${name} must be a whole number from 1 to ${most}`)
  }
  const minutes = values.minutes === undefined ? undefined : Number(values.minutes)
  if (minutes !== undefined && !(minutes > 0)) throw new BadOption('--minutes must be a number above 0')
  return {
    terminals: whole('terminals', 500, 29_000),
    rate: whole('rate', 2_000, 100_000),
    // The ingest takes what is up to 400 days old; old clocks and late tills need some room.
    days: whole('days', 30, 390),
    seed: values.seed ?? randomBytes(4).toString('hex'),
    minutes,
    target: targetOf(values),
  }
}

const text = { type: 'string' } as const

function parse(args: readonly string[]) {
  try {
    const options = {
      ...{ terminals: text, rate: text, days: text, minutes: text, seed: text },
      ...{ url: text, key: text, provider: text, help: { type: 'boolean', short: 'h' } as const },
    }
    return parseArgs({ args: [...args], options }).values
  } catch (error) {
    throw new BadOption(error instanceof Error ? error.message : String(error), { cause: error })
  }
}

function targetOf({ url, key, provider }: { url?: string; key?: string; provider?: string }): Options['target'] {
  if (url === undefined) {
    if (key === undefined && provider === undefined) return undefined
    throw new BadOption('--key and --provider are for a Tillsight that runs: say where with --url')
  }
  if (!URL.canParse(url) || !/^https?:/.test(url)) throw new BadOption('--url must be like http://127.0.0.1:3000')
  if (key === undefined) throw new BadOption("--url needs --key: the operator's key of that Tillsight, or a provider's")
  if (!/^[\x21-\x7e]+$/.test(key)) throw new BadOption('--key must be the key as it was issued')
  return { url, key, provider }
}
