/** A program with everything that it starts in turn, so that stopping it leaves nothing behind. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'

export interface Program {
  command: string
  args: string[]
  env?: NodeJS.ProcessEnv
}

export interface ProcessGroup {
  pid: number
  /** When the program itself is gone. */
  ended: Promise<unknown>
  /** Asks nicely for five seconds, and returns when the last process is gone. */
  stop(): Promise<void>
}

const PATIENCE_MS = 5_000

/** The group is its own, so that Ctrl-C in a terminal reaches only us and we decide in which order things end. */
export function startGroup(
  { command, args, env }: Program,
  onLine: (line: string, from: 'stdout' | 'stderr') => void,
): ProcessGroup {
  const child = spawn(command, args, {
    env: { ...process.env, ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const { pid } = child
  if (pid === undefined) throw new Error(`${command} could not be started.`)
  createInterface({ input: child.stdout }).on('line', (line) => onLine(line, 'stdout'))
  createInterface({ input: child.stderr }).on('line', (line) => onLine(line, 'stderr'))
  return {
    pid,
    ended: once(child, 'exit'),
    async stop() {
      signal(pid, 'SIGINT')
      for (const until = Date.now() + PATIENCE_MS; Date.now() < until && isAlive(pid); ) await sleep(25)
      signal(pid, 'SIGKILL')
    },
  }
}

const isAlive = (pid: number) => signal(pid, 0)

/** False when nobody is left in the group. */
function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-pid, name)
  } catch {
    return false
  }
}
