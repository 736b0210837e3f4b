/**
 * Prepared bytes that are made new each time they are used. An event's id and its checkout carry a mark of four characters,
 * and the mark is overwritten in place: repeats would collapse in merges, and making bodies anew would take the processor
 * from whoever is measured.
 */

export const mark = '~~~~'
const markBytes = Buffer.from(mark)
const base = 36
/** Of the four characters, the first names who sends, so that two senders into one store never give the same id. */
const mostStamps = base ** (mark.length - 1)

export class Stamped {
  readonly bytes: Buffer
  readonly #places: Uint32Array
  #uses = 0

  constructor(bytes: Buffer) {
    const places: number[] = []
    for (let at = bytes.indexOf(markBytes); at !== -1; at = bytes.indexOf(markBytes, at + mark.length)) places.push(at)
    this.bytes = bytes
    this.#places = Uint32Array.from(places)
  }

  /**
   * The bytes as they never were before. The same buffer each time: the caller is done with the last one.
   * @param sender one digit or letter.
   */
  next(sender: string): Buffer {
    if (this.#uses === mostStamps) throw new Error('the run is too long: every stamp has been used')
    const stamp = Buffer.from(sender + this.#uses.toString(base).padStart(mark.length - 1, '0'))
    this.#uses += 1
    const [a = 0, b = 0, c = 0, d = 0] = stamp
    const { bytes } = this
    for (const place of this.#places) {
      bytes[place] = a
      bytes[place + 1] = b
      bytes[place + 2] = c
      bytes[place + 3] = d
    }
    return bytes
  }
}
