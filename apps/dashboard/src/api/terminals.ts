import { notFound } from '@tillsight/shared/http/problem.ts'
import { completeness } from '@tillsight/shared/metrics/completeness.ts'
import { terminalHealth } from '@tillsight/shared/metrics/terminal-health.ts'
import { demandTerminal } from '@tillsight/shared/registry/records.ts'
import { getTerminal, listTerminals, putTerminal } from '@tillsight/shared/registry/terminals.ts'
import { formatIn, tableAnswer } from './formats.ts'
import type { Routes } from './route.ts'
import { created, jsonOf, merchantIn, param, rangeIn, valid } from './request.ts'

export const terminalRoutes: Routes = {
  '/merchants/:merchantNo/terminals': {
    async GET(c) {
      const merchant = await merchantIn(c, 'read')
      const { registry, events } = c.var.stores
      const [records, health] = await Promise.all([
        listTerminals(registry, merchant),
        terminalHealth(events, merchant, Date.now()),
      ])
      return c.json({ terminals: records.map((record) => ({ ...record, ...health.of(record.terminalNo) })) })
    },
  },
  '/merchants/:merchantNo/terminals/:terminalNo': {
    async PUT(c) {
      const merchant = await merchantIn(c, 'write')
      const { registry } = c.var.stores
      const terminalNo = param(c, 'terminalNo')
      const record = await jsonOf(c)
      const isNew = await valid(() => {
        demandTerminal(merchant.merchantNo, terminalNo, record)
        return putTerminal(registry, merchant, terminalNo, record)
      })
      return c.json(await getTerminal(registry, merchant, terminalNo), created(isNew))
    },
    async GET(c) {
      const merchant = await merchantIn(c, 'read')
      const terminal = await getTerminal(c.var.stores.registry, merchant, param(c, 'terminalNo'))
      if (terminal === undefined) throw notFound()
      return c.json(terminal)
    },
  },
  '/merchants/:merchantNo/terminals/:terminalNo/completeness': {
    async GET(c) {
      const merchant = await merchantIn(c, 'read')
      const { registry, events } = c.var.stores
      const terminal = await getTerminal(registry, merchant, param(c, 'terminalNo'))
      if (terminal === undefined) throw notFound()
      const range = rangeIn(c)
      const format = formatIn(c)
      const figures = await completeness(events, merchant, terminal.terminalNo, { range, now: Date.now() })
      return format === 'json' ? c.json(figures) : tableAnswer(format, figures.days)
    },
  },
}
