import { InvalidRecord } from '@tillsight/shared/registry/records.ts'
import { expect, test } from 'vitest'
import { csvTable } from '#api/import-rows.ts'
import { Contradiction, withoutMistakes } from './import-mistakes.ts'

const head = 'kind,merchantNo,name,mcc,region,terminalNo,serialNo,remark'

/** Of the rows that are refused: number, what is wrong, and the row that says otherwise. */
async function refusedIn(...lines: string[]) {
  const { rows } = await csvTable([head, ...lines].join('\n'))
  const ofProvider = rows.map((row) => ({ ...row, record: { providerId: 'p1', ...row.cells } }))
  return (await withoutMistakes(ofProvider)).flatMap(({ row, record }) =>
    record instanceof InvalidRecord
      ? [[row, record.problem, ...(record instanceof Contradiction ? [record.otherRow] : [])]]
      : [],
  )
}

const [one, two] = ['898584058120001', '898584058120002'] as const

test('a region in no province is refused', async () => {
  const rows = [`merchant,${one},Tea,5812,990106`, `merchant,${two},Tea,5812,440106`]
  expect(await refusedIn(...rows)).toEqual([[2, 'noProvince']])
})

test('of rows that contradict each other none is taken, and each names another', async () => {
  const rows = [
    `merchant,${one},Tea,5812,440106`,
    `merchant,${two},Bread,5812,440106`,
    `terminal,${one},,,,10000001,S1`,
    `merchant,${one},Coffee,5812,440106`,
    `terminal,${one},,,,10000001,S2`,
    `terminal,${two},,,,10000001,S3`,
    `merchant,${one},Tea,5812,440106`,
  ]
  expect(await refusedIn(...rows)).toEqual([
    [2, 'contradiction', 5],
    [4, 'contradiction', 6],
    [5, 'contradiction', 2],
    [6, 'contradiction', 4],
    [8, 'contradiction', 5],
  ])
})

test('rows that say the same contradict nothing, nor do rows that are no records', async () => {
  const rows = [
    `merchant,${one},Tea,5812,440106,,,first`,
    `merchant,${one},Tea,5812,440106,,,second`,
    `merchant,${one},Tea,58,440106`,
    // What a spreadsheet makes of every long number.
    'merchant,8.98584E+14,Tea,5812,440106',
    'merchant,8.98584E+14,Bread,5812,440106',
    'terminal,,,,,10000001,S1',
    'terminal,,,,,10000001,S2',
  ]
  expect(await refusedIn(...rows)).toEqual([])
})

test('others are heard while a long file is looked through', async () => {
  const { rows } = await csvTable(
    [head, ...Array.from({ length: 5_000 }, () => `merchant,${one},Tea,5812,440106`)].join('\n'),
  )
  let heard = 0
  const listening = setInterval(() => (heard += 1), 0)
  await withoutMistakes(rows)
  clearInterval(listening)
  expect(heard).toBeGreaterThan(0)
})
