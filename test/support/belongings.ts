/** Of everything that a tenant can have, one; and where in a route its id stands. */
import type { App } from './ask.ts'
import type { Route } from './routes.ts'
import { create, type World } from './world.ts'

/** By the segment before it, what an id in a path is the id of. */
export type Ids = Record<string, string>

export interface Belongings {
  ids: Ids
  /** A key of the tenant that may do everything; not the one among the ids. */
  key: string
  /** The name of its one unit. */
  unit: string
}

export async function furnish(app: App, { tenant, role, client, user, membership }: World): Promise<Belongings> {
  const make = (path: string, body: object) => create<{ id: string; key: string }>(app, path, body)
  const unitName = `unit of ${tenant.key}`
  const unit = await make(`/v1/tenants/${tenant.id}/units`, { name: unitName })
  const newKey = () => make('/v1/api-keys', { name: 'own', permissions: 15, tenantId: tenant.id })
  const [{ key }, listed] = [await newKey(), await newKey()]
  const credentials = { clientId: 'c', clientSecret: 's'.repeat(16) }
  const connection = await make('/v1/connections', {
    tenantId: tenant.id,
    kind: 'facebook',
    name: 'Facebook',
    ...credentials,
  })
  const ids = {
    tenants: tenant.id,
    units: unit.id,
    roles: role.id,
    clients: client.id,
    users: user.id,
    memberships: membership.id,
    'api-keys': listed.id,
    connections: connection.id,
  }
  return { ids, key, unit: unitName }
}

/** The named parts of a route's path, each with the segment before it. */
export const namedParts = ({ path }: Pick<Route, 'path'>) =>
  [...path.matchAll(/\/([\w-]+)\/:(\w+)|\/:(\w+)/g)].map(([, before = '', name, alone]) => ({
    before,
    name: name ?? alone ?? '',
  }))
