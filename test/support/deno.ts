/** The service on Deno, started as `npm run start:deno` starts it, over a file. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { createClient } from '@libsql/client'
import { denoServe } from '../../src/commands/deno-serve.ts'
import type { Service } from './service.ts'
import { SECRETS, VARIABLES } from './variables.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

export async function startOnDeno(url: string): Promise<Service> {
  const port = await freePort()
  const origin = `http://localhost:${port}`
  const variables = { ...VARIABLES, ...SECRETS, PUBLIC_ORIGIN: origin, LIBSQL_URL: url, PORT: String(port) }
  const { command, args, env } = denoServe({ HOME: process.env['HOME'], PATH: process.env['PATH'], ...variables })
  const child = spawn(command, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const lines: string[] = []
  for (const stream of [child.stdout, child.stderr]) createInterface(stream).on('line', (line) => lines.push(line))
  await healthy(origin, child, lines)

  return {
    store: 'libsql',
    origin,
    fetch: (path, init) => fetch(new URL(path, origin), { ...init, redirect: 'manual' }),
    async rows(sql, ...args) {
      const client = createClient({ url })
      const { columns, rows } = await client.execute({ sql, args }).finally(() => client.close())
      return rows.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index]])))
    },
    log: () => lines,
    now: () => new Date(),
    async stop() {
      child.kill('SIGTERM')
      const [code] = child.exitCode === null ? await once(child, 'exit') : [child.exitCode]
      if (code !== 0) throw new Error(`Deno ended with ${code}`)
    },
    upkeep: () => Promise.reject(new Error('upkeep runs by itself on Deno')),
    wait: () => Promise.reject(new Error('the clock of Deno cannot be moved')),
  }
}

async function healthy(origin: string, child: ChildProcess, lines: string[]): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (child.exitCode !== null) break
    const answer = await fetch(`${origin}/health`).catch(() => undefined)
    if (answer?.status === 200) return
    await sleep(100)
  }
  child.kill('SIGKILL')
  throw new Error(`Deno did not start:\n${lines.join('\n')}`)
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address ? address.port : 0
}
