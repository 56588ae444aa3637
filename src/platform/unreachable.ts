/** What a connection to a store throws when it breaks, under one name: `fetch` and sockets have words of their own. */

export function sayUnreachable(cause: unknown): never {
  if (cause instanceof Error && (/^(Libsql|LibsqlBatch)Error$/.test(cause.name) || cause.message.startsWith('D1_')))
    throw cause
  throw Object.assign(new Error('The store cannot be reached', { cause }), { name: 'StoreUnreachable' })
}
