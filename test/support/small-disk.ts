/**
 * A disk that really gets full: a tmpfs in a mount namespace of its own, which needs no rights on Linux. It lives as long as the
 * process that holds it, through every `kill -9` of the servers on it, and goes with it.
 *
 *   node test/support/small-disk.ts hold <directory> <size>      makes the disk and keeps it
 *   node test/support/small-disk.ts run <pid> <script>           runs a script where the disk of that process is seen
 */

import { statfsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { callsTo } from './house.ts'
import { standalone, startProcess, type ServerProcess } from './process.ts'

export type DiskServer = Omit<ServerProcess, 'newOperatorKey'>

export interface SmallDisk {
  /** Starts a server whose DATA_DIR is the disk; resolves as soon as it listens, ready or not. */
  startServer(environment?: Readonly<Record<string, string>>): Promise<DiskServer>
  /** Where this process finds the disk's root; `data` in it is DATA_DIR. */
  inside: string
  /** Bytes. */
  free(): number
  /** Takes the room that is left, but for `spare` bytes. */
  fill(spare?: number): Promise<void>
  empty(): Promise<void>
  remove(): Promise<void>
}

/** @param size as mount(8) takes it: `300m`. */
export async function openSmallDisk(size: string): Promise<SmallDisk> {
  const directory = await mkdtemp(join(tmpdir(), 'tillsight-disk-'))
  const holder = await startProcess(import.meta.filename, ['hold', directory, size], {}, /mounted\n/)
  // The others don't see into the namespace but by this door.
  const inside = `/proc/${holder.pid}/root${directory}`
  const ballast = join(inside, 'ballast')
  const free = () => {
    const { bavail, bsize } = statfsSync(inside)
    return bavail * bsize
  }
  return {
    inside,
    free,
    async startServer(environment = {}) {
      const { ready, ...own } = await startProcess(
        import.meta.filename,
        ['run', String(holder.pid), standalone],
        { PORT: '0', DATA_DIR: join(directory, 'data'), ...environment },
        /listening on (http:\S+)\n/,
      )
      const url = ready[1] ?? ''
      return { ...own, ...callsTo(url), url }
    },
    async fill(spare = 0) {
      // Files are written at the same time: full is only what stays full.
      for (let left = free() - spare; left > 0; left = free() - spare) {
        await writeFile(ballast, Buffer.alloc(Math.min(left, 1 << 20)), { flag: 'a' }).catch((error: unknown) => {
          if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
        })
      }
    },
    empty: () => rm(ballast, { force: true }),
    async remove() {
      await holder.kill('SIGKILL')
      await rm(directory, { recursive: true, force: true })
    },
  }
}

/** Becomes the program: the same process, so that whoever started this one ends that one by its pid. */
function become(program: string, args: readonly string[]): never {
  if (process.execve === undefined) throw new Error('this system has no execve')
  return process.execve(program, [program, ...args], process.env)
}

const [, , verb, ...rest] = process.argv
if (import.meta.main && verb === 'hold') {
  const [directory = '', size = ''] = rest
  const script = 'mount -t tmpfs -o size="$2" none "$1" && echo mounted && exec sleep infinity'
  become('/usr/bin/unshare', ['--map-root-user', '--mount', 'sh', '-c', script, 'sh', directory, size])
}
if (import.meta.main && verb === 'run') {
  const [pid = '', ...command] = rest
  become('/usr/bin/nsenter', ['-t', pid, '--user', '--mount', '--preserve-credentials', process.execPath, ...command])
}
