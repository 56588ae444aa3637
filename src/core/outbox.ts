/** The development outbox: it shows secrets to everybody who asks, so it is there for a developer's own machine only. */
import { isLocal } from '../config.ts'
import { listOutboxMessages, type OutboxMessage } from '../db/outbox.ts'
import type { Deps } from '../deps.ts'
import { AppError } from './errors.ts'

const MOST = 100

interface Question {
  to?: string | undefined
  /** The address that was asked. Through a tunnel, or by DNS rebinding, it is another than localhost. */
  url: string
}

/** Newest first. Throws `not_found` unless messages are kept in the outbox and the question came to localhost. */
export async function listOutbox({ config, db }: Deps, { to, url }: Question): Promise<OutboxMessage[]> {
  if (config.DELIVERY !== 'outbox' || !config.development || !isLocal(url)) throw new AppError('not_found')
  return listOutboxMessages(db, { to, limit: MOST })
}
