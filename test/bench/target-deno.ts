/** Deno over a libSQL file, asked over HTTP. */
import { once } from 'node:events'
import { mkdir, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { denoServe } from '../../src/commands/deno-serve.ts'
import { startGroup } from '../../src/commands/process-group.ts'
import { openLibsql } from '../../src/platform/libsql.ts'
import { cpuSecondsOf } from './cpu.ts'
import { type Target, VARIABLES } from './target.ts'

export async function startDeno(): Promise<Target> {
  const file = `.data/bench-${process.pid}.db`
  const url = `file:${file}`
  const port = await freePort()
  await mkdir('.data', { recursive: true })
  const said: string[] = []
  const group = startGroup(denoServe({ ...VARIABLES, LIBSQL_URL: url, PORT: `${port}` }), (line) => said.push(line))
  const address = `http://127.0.0.1:${port}`
  const ended = group.ended.then(() => {
    throw new Error(`Deno ended by itself.\n${said.join('\n')}`)
  })
  await Promise.race([ended, untilAnswered(address)])
  return {
    name: 'Deno, libSQL file',
    address,
    db: await openLibsql({ url }),
    fetch: (path, init) => fetch(address + path, init),
    log: () => said,
    cpuSeconds: () => cpuSecondsOf(group.pid),
    async stop() {
      ended.catch(() => undefined)
      await group.stop()
      for (const suffix of ['', '-wal', '-shm']) await rm(file + suffix, { force: true })
    },
  }
}

async function untilAnswered(address: string): Promise<void> {
  while (!(await fetch(`${address}/health`).catch(() => undefined))) await sleep(100)
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  return typeof address === 'object' && address ? address.port : 0
}
