import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'

test('a log on a full disk ends nothing', () => {
  const script = `import { log } from '${import.meta.dirname}/log.ts'; log.error({}, 'full'); console.log('lives')`
  const inShell = 'exec "$0" --input-type=module -e "$1" 2> /dev/full'
  expect(execFileSync('sh', ['-c', inShell, process.execPath, script]).toString()).toBe('lives\n')
})
