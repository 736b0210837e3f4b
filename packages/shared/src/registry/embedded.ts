/** Postgres in this process (PGlite), behind what Kysely's dialect asks of it. */

import { PGlite } from '@electric-sql/pglite'
import type { PGliteDialect } from 'kysely'
import { mkdirSync, statfsSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { log } from '../log.ts'

type Asked = Extract<ConstructorParameters<typeof PGliteDialect>[0]['pglite'], object>

/** What ends a server of Postgres, or a session. */
const fatal = new Set(['FATAL', 'PANIC'])

/** Postgres writes its log in files of 16 MiB, and begins with one when it is opened. */
const roomToOpen = 64 * 1024 * 1024

/** SQLSTATE 57P03, `cannot_connect_now`: away for a moment. */
class NotNow extends Error {
  readonly code = '57P03'
}

/**
 * A full disk makes Postgres panic when it needs its next log file. A server would end there; PGlite goes on, its locks held,
 * and the next statement, be it the ROLLBACK of that transaction, spins for ever in this process's only thread. So an instance
 * that panicked is never asked again.
 */
class Instance extends PGlite {
  #panicked = false

  get panicked(): boolean {
    return this.#panicked
  }

  override execProtocol(...parameters: Parameters<PGlite['execProtocol']>): ReturnType<PGlite['execProtocol']> {
    return this.#guarded(() => super.execProtocol(...parameters))
  }

  override execProtocolStream(
    ...parameters: Parameters<PGlite['execProtocolStream']>
  ): ReturnType<PGlite['execProtocolStream']> {
    return this.#guarded(() => super.execProtocolStream(...parameters))
  }

  async #guarded<T>(ask: () => Promise<T>): Promise<T> {
    if (this.#panicked) throw new NotNow('the embedded Postgres has panicked')
    try {
      return await ask()
    } catch (error) {
      if (error instanceof Error && 'severity' in error && fatal.has(String(error.severity))) this.#panicked = true
      throw error
    }
  }
}

/** The registry is small, and what it reads is in the page cache too: 128 MB of buffers would be a seventh of all our memory. */
const startParams = [...PGlite.defaultStartParams, '-c', 'shared_buffers=16MB']

async function openInstance(path: string): Promise<Instance> {
  const instance = new Instance(path, { startParams })
  await instance.waitReady
  return instance
}

/** Opens another instance after one has panicked, as soon as there is room for it; until then statements fail. */
export async function openEmbedded(path: string): Promise<Asked> {
  mkdirSync(path, { recursive: true })
  // V8's optimizing compiler would take 550 MB for a moment, for one function of it, and nothing asked here gets faster by that.
  // Both, since flags that one implies follow from it at the start of a process only.
  setFlagsFromString('--no-wasm-tier-up')
  setFlagsFromString('--no-wasm-dynamic-tiering')
  let instance = await openInstance(path)
  let opening: Promise<void> | undefined

  const reopen = async () => {
    const { bavail, bsize } = statfsSync(path)
    if (bavail * bsize < roomToOpen) throw new NotNow('the disk is full')
    // The one that panicked can't be closed: that is a statement too.
    instance = await openInstance(path)
    log.info('the registry is open again')
  }
  const usable = async (): Promise<Instance> => {
    if (instance.panicked) {
      opening ??= reopen().finally(() => (opening = undefined))
      await opening
    }
    return instance
  }

  return {
    ready: true,
    waitReady: Promise.resolve(),
    get closed() {
      return instance.closed
    },
    query: async (query, parameters, options) => (await usable()).query(query, parameters, options),
    // Kysely waits for the transaction to begin and for nothing else. One that can't begin therefore begins all the same, and
    // fails with its first statement; else the wait would have no end, and nobody would handle the error.
    transaction: async (callback) => {
      type Tx = Parameters<typeof callback>[0]
      let begun: boolean | undefined
      try {
        const opened = await usable()
        return await opened.transaction((tx) => {
          begun = true
          return callback(tx)
        })
      } catch (error) {
        if (begun) throw error
        const reason = error as Error
        const refuse = () => Promise.reject(reason)
        return callback({ query: refuse } as unknown as Tx)
      }
    },
    close: async () => {
      if (!instance.panicked) await instance.close()
    },
  }
}
