/** A second process over the same file: it sends what it is told to many times, and tells how each was answered. */
import { startOnLibsql } from './libsql.ts'

export interface Task {
  path: string
  body: object
  times: number
}

process.once('message', async (variables: Record<string, string>) => {
  const service = await startOnLibsql(variables)
  process.on('message', async ({ path, body, times }: Task) => {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
    const ask = (_: unknown, n: number) => service.fetch(path, init, `198.19.255.${n}`)
    const answers = await Promise.all(Array.from({ length: times }, ask))
    process.send?.(answers.map(({ status }) => status))
  })
  process.send?.('ready')
})
