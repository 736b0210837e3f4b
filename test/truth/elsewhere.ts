const template = '898000000000000'

let merchants = 0

/** The same stream at a merchant that no other round has used. @param acquirer the first three digits, one for each test file. */
export function elsewhere<T>(stream: T, acquirer = '898'): T {
  merchants += 1
  return JSON.parse(
    JSON.stringify(stream).replaceAll(template, `${acquirer}${String(merchants).padStart(12, '0')}`),
  ) as T
}
