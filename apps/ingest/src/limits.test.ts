import type { Principal } from '@tillsight/shared/registry/keys.ts'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { RateLimits } from './limits.ts'

const till = (keyId: string): Principal => ({
  keyId,
  role: 'terminal',
  providerId: 'p1',
  merchantNo: '898584058120001',
  terminalNo: '10000001',
})

beforeEach(() => vi.useFakeTimers({ toFake: ['performance'] }))
afterEach(() => vi.useRealTimers())

const refusal = { status: 429, options: { headers: { 'retry-after': '4' } } }

test('a key that has had its share of requests or events is told when to come back, and then has all of it again', () => {
  const limits = new RateLimits()
  limits.admit(till('one'), 'requests', 3_000)
  limits.admit(till('one'), 'events', 100_000)
  vi.advanceTimersByTime(6_000)
  expect(() => limits.admit(till('one'), 'requests', 1)).toThrow(expect.objectContaining(refusal))
  expect(() => limits.admit(till('one'), 'events', 1)).toThrow(expect.objectContaining(refusal))
  vi.advanceTimersByTime(4_000)
  limits.admit(till('one'), 'requests', 3_000)
  limits.admit(till('one'), 'events', 100_000)
})

test('what one key has had is nothing to another', () => {
  const limits = new RateLimits()
  expect(() => limits.admit(till('one'), 'requests', 3_001)).toThrow()
  limits.admit(till('two'), 'requests', 3_000)
  limits.admit({ keyId: 'three', role: 'provider', providerId: 'p1' }, 'requests', 300_000)
})
