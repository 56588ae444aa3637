/** The import command's own work, with a service of the tests at the other end. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AdminApi } from '../../src/commands/admin-api.ts'
import { keepAccount } from '../../src/commands/import/account.ts'
import { takeNotes } from '../../src/commands/import/notes.ts'
import { sendAll } from '../../src/commands/import/send.ts'
import type { Choices, Outgoing, Source } from '../../src/commands/import/source.ts'
import type { LineOf, LineType } from '../../src/core/transfer/lines.ts'
import type { App } from './app.ts'

export interface Entry {
  outcome: string
  type?: string
  name: string
  from?: string
  id?: string
  what?: string
  why?: string
}

type Open = (choices: Choices) => Promise<Source>

/** Reads without sending: what would come, and what was noted. */
export async function readSource(open: Open, files: Record<string, string>, more: Partial<Choices> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-moving-'))
  try {
    const paths = Object.entries(files).map(([name, content]) => {
      const path = join(folder, name)
      writeFileSync(path, content)
      return path
    })
    const notes = takeNotes()
    const source = await open({ paths, notes, tenant: undefined, role: 'member', secureClients: false, ...more })
    const lines: Outgoing[] = []
    for await (const line of source.lines()) lines.push(line)
    source.close()
    return { lines, notes }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Those of one type. */
export const linesOf = <Type extends LineType>(lines: Outgoing[], type: Type) =>
  lines.flatMap(({ line }) => (line.type === type ? [line as unknown as LineOf[Type]] : []))

interface Options extends Partial<Choices> {
  dryRun?: boolean
  merge?: boolean
}

/** What became of everything, as the report's file says it. */
export async function moveIn(
  app: App,
  open: Open,
  files: Record<string, string>,
  options: Options = {},
): Promise<Entry[]> {
  const { dryRun = false, merge = false, ...choices } = options
  const entries: Entry[] = []
  const each = (entry: Record<string, unknown>) => void entries.push(entry as unknown as Entry)
  const { lines, notes } = await readSource(open, files, choices)
  const account = keepAccount(takeNotes(each), { step() {}, end() {} }, each)
  for (const [kind, told] of [
    ['left', notes.leftBehind],
    ['changed', notes.changes],
  ] as const)
    for (const [words, { names }] of told) each({ outcome: kind, why: words, name: names[0] ?? '' })
  await sendAll({ total: 0, lines: () => lines, close() {} }, { api: apiOf(app), account, dryRun, merge })
  return entries
}

/** What `npm run export` writes. */
export async function moveOut(app: App, query: Record<string, string> = {}): Promise<string> {
  let text = ''
  for (let cursor: string | null = ''; cursor !== null; ) {
    const search = new URLSearchParams({ ...query, ...(cursor && { cursor }) })
    const { status, body, text: answer } = await app.admin.get<Page>(`/v1/export?${search}`)
    assert.equal(status, 200, answer)
    text += body.lines.map((line) => `${JSON.stringify(line)}\n`).join('')
    cursor = body.nextCursor
  }
  return text
}

interface Page {
  lines: object[]
  nextCursor: string | null
}

function apiOf(app: App): AdminApi {
  async function post<Answer>(path: string, body: object): Promise<Answer> {
    const answer = await app.admin.post<Answer & object>(path, body)
    if (answer.status >= 300) throw new Error(answer.text, { cause: { status: answer.status } })
    return answer.body
  }
  const unused = () => Promise.reject(new Error('not needed here'))
  return { address: app.origin, post, get: unused, ensure: unused }
}
