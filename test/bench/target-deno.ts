/** Deno over a libSQL file, asked over HTTP. */
import { mkdir, rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { denoServe } from '../../src/commands/deno-serve.ts'
import { startGroup } from '../../src/commands/process-group.ts'
import { openLibsql } from '../../src/platform/libsql.ts'
import { freePort } from '../support/project.ts'
import { cpuSecondsOf } from './cpu.ts'
import { type Target, toApp, VARIABLES } from './target.ts'

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
  const ask: Target['fetch'] = (path, init) => fetch(address + path, { ...init, redirect: 'manual' })
  return {
    name: 'Deno',
    address,
    fetch: ask,
    app: toApp(ask),
    db: await openLibsql({ url }),
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
