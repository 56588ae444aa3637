/** How a libSQL client is used here, wherever it runs. */
import type { Client } from '@libsql/client'
import { sayUnreachable } from './unreachable.ts'

/** A batch that starts as a read and then writes fails at once beside another writer; one that starts as a write waits. */
export function steadyClient(client: Client): Client {
  const execute = client.execute.bind(client) as Client['execute']
  const batch = client.batch.bind(client)
  client.execute = (statement: Parameters<typeof execute>[0]) => execute(statement).catch(sayUnreachable)
  client.batch = (statements) => batch(statements, 'write').catch(sayUnreachable)
  return client
}
