/** Clients. One with the same `clientId` is the same, and keeps its own secret. */
import { soughtClients, tenantsThere } from '../../db/import-lookups.ts'
import { insertMany } from '../../db/insert-many.ts'
import { clientOrigins, clients } from '../../db/schema.ts'
import { forgetOrigins } from '../directory/client-origins.ts'
import { clientRow } from '../directory/clients.ts'
import { distinct, importer, type Kind, missing } from './judge.ts'
import type { ClientLine } from './lines.ts'

type Row = Awaited<ReturnType<typeof clientRow>> & { origins: string[] }

const clientKind: Kind<ClientLine, Row, { id: string; clientId: string }> = {
  keyOf: ({ clientId }) => [clientId],
  async look(deps, sought, lines) {
    const { db } = deps
    const [known, there] = await db.batch([
      soughtClients(db, sought),
      tenantsThere(db, distinct(lines.map(({ defaultTenantId }) => defaultTenantId))),
    ])
    return {
      known,
      flaws: ({ defaultTenantId: tenant }) =>
        !tenant || there.some(({ id }) => id === tenant) ? [] : [missing('defaultTenantId')],
      row: async ({ clientType, ...line }, id) => ({
        ...(await clientRow(deps, { ...line, type: clientType }, id)),
        origins: distinct(line.origins ?? []),
      }),
    }
  },
  write({ db }, rows) {
    const none = { previousSecret: null, previousSecretDigest: null, previousSecretUntil: null }
    const origins = rows.flatMap(({ id, origins }) => origins.map((origin) => ({ clientId: id, origin })))
    return [
      insertMany(
        db,
        clients,
        rows.map((row) => ({ ...row, ...none })),
      ),
      insertMany(db, clientOrigins, origins),
    ]
  },
  written: forgetOrigins,
  audit: ({ id, defaultTenantId }) => ({
    action: 'client.import',
    target: { kind: 'client', id },
    tenantId: defaultTenantId,
  }),
}

export const importClients = importer(clientKind)
