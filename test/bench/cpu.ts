/** CPU time of other processes, from Linux's /proc (proc(5)); elsewhere it is not known. */
import { readdirSync, readFileSync } from 'node:fs'

const TICKS_PER_SECOND = 100

interface Stat {
  name: string
  parent: number
  cpuSeconds: number
}

export const cpuSecondsOf = (pid: number): number | undefined => readStat(pid)?.cpuSeconds

/** Of the child processes with this name, that of the one which has used most. */
export function busiestChildCpuSeconds(parent: number, name: string): number | undefined {
  const children = allPids()
    .map(readStat)
    .filter((stat) => stat !== undefined && stat.parent === parent && stat.name === name)
  return children.length > 0 ? Math.max(...children.map((stat) => stat?.cpuSeconds ?? 0)) : undefined
}

function allPids(): number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger)
  } catch {
    return []
  }
}

function readStat(pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const nameEnd = text.lastIndexOf(')')
    const [, parent, ...rest] = text.slice(nameEnd + 2).split(' ')
    const [utime, stime] = [Number(rest[9]), Number(rest[10])]
    return {
      name: text.slice(text.indexOf('(') + 1, nameEnd),
      parent: Number(parent),
      cpuSeconds: (utime + stime) / TICKS_PER_SECOND,
    }
  } catch {
    return undefined
  }
}
