/** A plain dump of the ARC authentication service's database, as pg_dump writes it. */

export type ArcRow = Record<string, string | null>
export type ArcTables = Record<string, ArcRow[]>

/** The ids of one organisation there; `tag` makes its names nobody else's. */
export function arcOrganisation(tag: string, hash: string) {
  const id = () => crypto.randomUUID()
  const ids = { acme: id(), globex: id(), admin: id(), others: id(), ada: id(), bob: id(), place: id() }
  const client = { redirect_url: 'https://app.example/success', access_token_expiration: '600' }
  const tables: ArcTables = {
    auth_clients: [
      { id: '1', client_id: `web-${tag}`, client_secret: `secret of ${tag}, long`, client_type: 'public', ...client },
      { id: '2', client_id: `mobile-${tag}`, client_secret: 'short', client_type: 'private', ...client },
    ],
    roles: [
      { id: ids.admin, name: 'admin', permissions: '{ViewLoginActivity,P1,"P 9"}', deleted: 'f' },
      { id: ids.others, name: 'others', permissions: null, deleted: 'f' },
      { id: id(), name: 'spare', permissions: null, deleted: 'f' },
    ],
    tenants: [
      { id: ids.acme, key: `a-${tag}`, name: 'Acme', status: '1', city: null },
      { id: ids.globex, key: `G_${tag}`, name: 'Globex', status: '0', city: 'Springfield' },
    ],
    user_credentials: [
      { id: id(), user_id: ids.ada, auth_provider: 'internal', auth_id: null, password: hash },
      { id: id(), user_id: ids.bob, auth_provider: 'google', auth_id: `google-${tag}`, password: null },
    ],
    user_tenants: [
      { id: ids.place, user_id: ids.ada, tenant_id: ids.acme, role_id: ids.admin, status: '1', locale: 'sv_SE' },
      { id: id(), user_id: ids.ada, tenant_id: ids.globex, role_id: ids.others, status: '2', locale: null },
      { id: id(), user_id: ids.bob, tenant_id: ids.acme, role_id: ids.admin, status: '3', locale: null },
    ],
    user_permissions: [
      { id: id(), user_tenant_id: ids.place, permission: 'P1', allowed: 'f' },
      { id: id(), user_tenant_id: ids.place, permission: 'P7', allowed: 't' },
    ],
    users: [
      person(ids.ada, `ada.${tag}`, {
        auth_client_ids: '{1,2,9}',
        default_tenant_id: ids.acme,
        designation: 'Countess',
      }),
      person(ids.bob, `bob.${tag}`, { auth_client_ids: null, default_tenant_id: null, phone: 'unlisted' }),
      person(id(), `gone.${tag}`, { deleted: 't' }),
    ],
    groups: [{ id: id(), name: 'a group' }],
    orders: [{ id: '1', note: 'of another service' }],
  }
  return { ids, tables }
}

const person = (id: string, username: string, more: ArcRow): ArcRow => ({
  id,
  first_name: 'A\tB',
  last_name: null,
  username,
  email: `${username}@example.com`,
  phone: '+4612345',
  deleted: 'f',
  dob: '1815-12-10',
  designation: null,
  auth_client_ids: '{}',
  default_tenant_id: null,
  ...more,
})

const cell = (text: string | null | undefined) =>
  text === null || text === undefined ? '\\N' : text.replaceAll('\\', '\\\\').replaceAll('\t', '\\t')

export function arcDump(tables: ArcTables): string {
  const copies = Object.entries(tables).map(([table, rows]) => {
    const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))]
    const lines = rows.map((row) => columns.map((column) => cell(row[column])).join('\t'))
    return `COPY main.${table} (${columns.join(', ')}) FROM stdin;\n${lines.join('\n')}\n\\.\n`
  })
  return `--\n-- PostgreSQL database dump\n--\n\n\\restrict x\n\nSET client_encoding = 'UTF8';\n\n${copies.join('\n')}`
}
