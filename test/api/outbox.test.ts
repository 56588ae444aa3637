/** The development outbox. Messages come in through the mail port itself; the flows that send have tests of their own. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { describe, test } from 'node:test'
import { startApp } from '../support/app.ts'

const app = await startApp()
const html = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }

/** Puts a message where the delivery port would. */
async function keep({ to = `${randomUUID()}@example.com`, text = 'Hello', code = null as string | null } = {}) {
  const links = JSON.stringify(['https://app.example/reset?token=t0k3n'])
  const id = `${'f'.repeat(12)}-${randomUUID()}`
  await app.rows(
    'insert into outbox (id, "to", channel, subject, text, links, code, created_at) values (?, ?, ?, ?, ?, ?, ?, ?)',
    ...[id, to, 'mail', 'Subject', text, links, code, Date.UTC(2026, 0, 2)],
  )
  return to
}
