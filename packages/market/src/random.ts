// Where all chance in the market comes from: one small generator, seeded by name.
// A stream belongs to what it decides ("seed/merchant/day/visit"), so nothing depends on the order of asking.

/** sfc32 by Chris Doty-Humphrey (PractRand, public domain), seeded from a key by bryc's cyrb128 (public domain). */
export class Random {
  #a: number
  #b: number
  #c: number
  #count = 1

  constructor(...key: readonly (string | number)[]) {
    const [a, b, c] = hash(key.join('/'))
    this.#a = a
    this.#b = b
    this.#c = c
    for (let i = 0; i < 12; i += 1) this.word() // sfc32's author: 12 rounds until the seed has spread
  }

  /** The next 32 random bits. */
  word(): number {
    const out = (this.#a + this.#b + this.#count) | 0
    this.#count = (this.#count + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + out) | 0
    return out >>> 0
  }

  /** Uniform in [0, 1). */
  next(): number {
    return this.word() / 4_294_967_296
  }

  /** Uniform in [low, high). */
  between(low: number, high: number): number {
    return low + (high - low) * this.next()
  }

  /** A whole number from 0 to n − 1. */
  below(n: number): number {
    return Math.floor(this.next() * n)
  }

  chance(probability: number): boolean {
    return this.next() < probability
  }

  /** Standard normal, by Box and Muller (1958). */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next())
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)]
    if (item === undefined) throw new RangeError('pick() from nothing')
    return item
  }

  /** One of the choices, in proportion to its weight; weights need not sum to 1. */
  weighted<T>(choices: readonly Weighted<T>[]): T {
    let rest = this.next() * choices.reduce((sum, [, weight]) => sum + weight, 0)
    for (const [choice, weight] of choices) {
      rest -= weight
      if (rest < 0) return choice
    }
    const last = choices.findLast(([, weight]) => weight > 0)
    if (last === undefined) throw new RangeError('weighted() from nothing')
    return last[0]
  }

  /** A UUID of version 7 (RFC 9562): the time first, so that a till's ids sort as they were made. */
  uuid(at: number): string {
    const time = at.toString(16).padStart(12, '0')
    const high = this.word()
    const tail = hex(this.word()) + hex(this.word()).slice(4)
    const variant = (0x8000 | ((high >>> 12) & 0x3fff)).toString(16)
    return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(high).slice(5)}-${variant}-${tail}`
  }
}

export type Weighted<T> = readonly [choice: T, weight: number]

function hex(word: number): string {
  return word.toString(16).padStart(8, '0')
}

/** The first three words of cyrb128. */
function hash(key: string): [number, number, number] {
  let [a, b, c, d] = [1779033703, 3144134277, 1013904242, 2773480762]
  for (let i = 0; i < key.length; i += 1) {
    const k = key.charCodeAt(i)
    a = b ^ Math.imul(a ^ k, 597399067)
    b = c ^ Math.imul(b ^ k, 2869860233)
    c = d ^ Math.imul(c ^ k, 951274213)
    d = a ^ Math.imul(d ^ k, 2716044179)
  }
  a = Math.imul(c ^ (a >>> 18), 597399067)
  b = Math.imul(d ^ (b >>> 22), 2869860233)
  c = Math.imul(a ^ (c >>> 17), 951274213)
  d = Math.imul(b ^ (d >>> 19), 2716044179)
  a ^= b ^ c ^ d
  return [a, b ^ a, c ^ a]
}
