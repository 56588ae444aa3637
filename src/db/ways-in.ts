/** What lets a person in by itself. The last of these may not be taken away. */
import { and, eq, ne, or, type SQL, sql } from 'drizzle-orm'
import { type ConnectionKind, connections, devices, identities, passkeys, passwords, users } from './schema.ts'

interface Without {
  passkey?: string
  /** Every identity at providers of this kind. */
  kind?: ConnectionKind
}

/** Holds where something is left: a password, a login elsewhere, a passkey or a device. */
export function hasWayIn(userId: string, { passkey = '', kind }: Without): SQL | undefined {
  const internal = and(eq(users.id, userId), eq(users.authProvider, 'internal'))
  const elsewhere = and(eq(connections.status, 'active'), kind && ne(connections.kind, kind))
  // The tables under other names, because a statement that deletes from them may ask.
  return or(
    sql`exists (select 1 from ${passwords} join ${users} on ${users.id} = ${passwords.userId} where ${internal})`,
    sql`exists (select 1 from ${identities} held join ${connections} on ${connections.id} = held.connection_id
      where held.user_id = ${userId} and ${elsewhere})`,
    sql`exists (select 1 from ${passkeys} held where held.user_id = ${userId} and held.id <> ${passkey})`,
    sql`exists (select 1 from ${devices} where ${and(eq(devices.userId, userId), eq(devices.status, 'active'))})`,
  )
}
