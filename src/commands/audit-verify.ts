/**
 * `npm run audit:verify`: whether every audit row is as it was written. `--since FILE` remembers how far the log had come
 * and compares: only what is kept elsewhere tells of a store that was set back as a whole.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { AdminApi } from './admin-api.ts'
import { complain, runCommand, say } from './run-command.ts'
import { runningService } from './running-service.ts'

/** Where the command was typed; npm moves it to the project's folder. */
const HERE = process.env['INIT_CWD'] ?? process.cwd()

interface Answer {
  checked: number
  broken: { sequence: number | null; id: string | null; reason: string; message: string } | null
  reached: string | null
  more: boolean
}

await runCommand(async () => {
  const { values } = parseArgs({ options: { url: { type: 'string' }, since: { type: 'string' } } })
  const service = await runningService(values.url)
  const memory = values.since === undefined ? undefined : resolve(HERE, values.since)
  const results: [name: string, answer: Answer][] = []
  const remembered = memory && (await readIfThere(memory))
  if (remembered) results.push(['the log since the last time', await walk(service, '/seals', {}, remembered)])
  const log = await walk(service, '/seals')
  results.push(['the log over all chains', log])
  for await (const tenantId of chainsOf(service))
    results.push([tenantId ?? 'no tenant', await walk(service, '', tenantId === null ? {} : { tenantId })])

  for (const [name, { checked, broken }] of results)
    say(`${name.padEnd(38)}${String(checked).padStart(9)}  ${broken ? `BROKEN ${tell(broken)}` : 'whole'}`)
  const broken = results.filter(([, answer]) => answer.broken)
  if (broken.length > 0) throw new Error(`${broken.length} of ${results.length} are broken.`)
  if (memory && log.reached) await writeFile(memory, `${log.reached}\n`)
})

/** From the beginning, or from `cursor`, to the end or to the first break. */
async function walk(service: AdminApi, part: string, query: Record<string, string> = {}, cursor?: string) {
  const total: Answer = { checked: 0, broken: null, reached: cursor ?? null, more: true }
  while (total.more) {
    const parameters = new URLSearchParams({ ...query, ...(total.reached && { cursor: total.reached }) })
    const answer = await service.get<Answer>(`/v1/audit${part}/verification?${parameters}`)
    Object.assign(total, answer, { checked: total.checked + answer.checked })
  }
  return total
}

async function* chainsOf(service: AdminApi) {
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: { items: (string | null)[]; nextCursor: string | null } = await service.get(
      `/v1/audit/chains?${new URLSearchParams(cursor && { cursor })}`,
    )
    yield* page.items
    cursor = page.nextCursor
  }
}

function tell({ sequence, id, reason, message }: NonNullable<Answer['broken']>): string {
  const where = [sequence === null ? '' : `at ${sequence}`, id ? `(${id})` : ''].filter(Boolean).join(' ')
  return `${where ? `${where}: ` : ''}${reason}. ${message}.`
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).trim() || undefined
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    complain(`${path} is not there yet; it will remember this walk.`)
    return undefined
  }
}
