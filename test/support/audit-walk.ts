/** Walks the verification of audit rows to its end, as the command does. */
import assert from 'node:assert/strict'
import type { App } from './app.ts'

export interface Walked {
  checked: number
  broken: { sequence: number | null; id: string | null; reason: string } | null
  reached: string | null
}

interface Answer extends Walked {
  more: boolean
}

export const walkChain = (app: App, tenantId?: string) => walk(app, '', tenantId === undefined ? {} : { tenantId })
export const walkLog = (app: App, cursor?: string) => walk(app, '/seals', {}, cursor)

async function walk(app: App, part: string, query: Record<string, string>, cursor?: string): Promise<Walked> {
  let checked = 0
  for (let reached = cursor ?? null; ; ) {
    const parameters = new URLSearchParams({ ...query, ...(reached && { cursor: reached }) })
    const { status, body, text } = await app.admin.get<Answer>(`/v1/audit${part}/verification?${parameters}`)
    assert.equal(status, 200, text)
    checked += body.checked
    reached = body.reached
    if (!body.more) return { checked, broken: body.broken, reached }
  }
}
