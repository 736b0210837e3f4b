/** What processes have used of the machine, told from outside: processor time of all their threads, and memory. */

import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

export interface Usage {
  cpuSeconds: number
  memoryBytes: number
}

const ticksPerSecond = 100
const isLinux = process.platform === 'linux'

/** One process and, where asked, its children (of which PostgreSQL has one for each connection). */
export function usageOf(pid: number, withChildren = false): Usage {
  return isLinux ? usageFromProc(pid, withChildren) : usageFromPs(pid, withChildren)
}

/** The most memory that the process ever had resident. Elsewhere than on Linux: what it has now. */
export function peakMemoryOf(pid: number): number {
  if (!isLinux) return usageFromPs(pid, false).memoryBytes
  return kibibytes(readFileSync(`/proc/${pid}/status`, 'utf8'), 'VmHWM')
}

function usageFromProc(pid: number, withChildren: boolean): Usage {
  const own = statOf(pid)
  if (!withChildren) return { cpuSeconds: own.cpuSeconds, memoryBytes: memoryOf(pid).own + memoryOf(pid).shared }
  const children = readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return []
    try {
      const stat = statOf(Number(name))
      return stat.parent === pid ? [{ ...stat, ...memoryOf(Number(name)) }] : []
    } catch {
      return [] // ended meanwhile
    }
  })
  const all = [{ ...own, ...memoryOf(pid) }, ...children]
  return {
    // What children used that have ended is in the parent's own account.
    cpuSeconds: own.endedChildren + all.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
    // What they share (the buffers) counts once.
    memoryBytes: all.reduce((sum, memory) => sum + memory.own, 0) + Math.max(...all.map(({ shared }) => shared)),
  }
}

function statOf(pid: number): { parent: number; cpuSeconds: number; endedChildren: number } {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The name, in brackets, may hold anything; what follows is numbers from the third field on.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const field = (number: number): number => Number(fields[number - 3])
  return {
    parent: field(4),
    cpuSeconds: (field(14) + field(15)) / ticksPerSecond,
    endedChildren: (field(16) + field(17)) / ticksPerSecond,
  }
}

function memoryOf(pid: number): { own: number; shared: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return { own: kibibytes(status, 'RssAnon'), shared: kibibytes(status, 'RssFile') + kibibytes(status, 'RssShmem') }
}

const kibibytes = (status: string, name: string): number =>
  Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) * 1024

function usageFromPs(pid: number, withChildren: boolean): Usage {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,rss=,time='], { encoding: 'utf8' }).trim().split('\n')
  const usage: Usage = { cpuSeconds: 0, memoryBytes: 0 }
  for (const line of lines) {
    const [own, parent, rss, time = ''] = line.trim().split(/\s+/)
    if (Number(own) !== pid && !(withChildren && Number(parent) === pid)) continue
    usage.cpuSeconds += time.split(/[-:]/).reduce((sum, part) => sum * 60 + Number(part), 0)
    usage.memoryBytes += Number(rss) * 1024
  }
  return usage
}
