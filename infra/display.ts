/** One line that changes where somebody watches; where it goes into a file or a pipe, a line now and then. */

const { stdout } = process

/** How often there should be something new to show. */
export const everyMs = stdout.isTTY ? 500 : 5_000

export function show(line: string): void {
  // Cut, so that it stays one line.
  if (stdout.isTTY) stdout.write(`\r\x1b[2K${line.slice(0, stdout.columns - 1)}`)
  else console.log(line)
}

/** Tells what stays. */
export function say(text: string): void {
  if (stdout.isTTY) stdout.write('\r\x1b[2K')
  console.log(text)
}
