/** People with their memberships, their identities and, where asked for, what they prove themselves with. */
import { hashesOf, identitiesOf, membershipsOf, secondFactorsOf } from '../../db/export-rows.ts'
import type { PageRequest } from '../../db/page.ts'
import { listUsers } from '../../db/user-directory.ts'
import type { Deps } from '../../deps.ts'
import { unsealSecret } from '../credentials/authenticator.ts'
import type { DirectoryUser } from '../directory/users.ts'
import type { Line } from './lines.ts'
import { identityLine, membershipLine, userLine } from './to-lines.ts'

export interface Scope {
  /** One tenant's; null is everything. */
  tenantId: string | null
  /** Password hashes, secrets of clients and of authenticator apps too, and who has completed a second factor. */
  secrets: boolean
}

/** All people of the page come first, because what follows refers to them. */
export async function exportPeople(
  deps: Deps,
  { tenantId, secrets }: Scope,
  page: PageRequest,
): Promise<{ rows: DirectoryUser[]; lines: Line[] }> {
  const { db } = deps
  const rows = await listUsers(db, { tenantId: tenantId ?? undefined }, page)
  const people = rows.slice(0, page.limit)
  const ids = people.map(({ id }) => id)
  const asked = secrets ? ids : []
  const [memberships, identities, hashes, factors] = await db.batch([
    membershipsOf(db, tenantId, ids),
    identitiesOf(db, tenantId, ids),
    hashesOf(db, asked),
    secondFactorsOf(db, asked),
  ])
  const hashOf = new Map(hashes.map(({ userId, hash }) => [userId, hash]))
  const secretOf = await openAll(deps, factors)
  const established = new Set(factors.filter(({ establishedAt }) => establishedAt).map(({ userId }) => userId))
  const lines = [
    ...people.map((row) =>
      userLine(atHome(row, tenantId), {
        passwordHash: hashOf.get(row.id),
        authenticatorSecret: secretOf.get(row.id),
        secondFactorEstablished: established.has(row.id),
      }),
    ),
    ...memberships.map(membershipLine),
    ...identities.map(identityLine),
  ]
  return { rows, lines }
}

/** Where only one tenant moves, it is everybody's home. */
const atHome = (row: DirectoryUser, tenantId: string | null) => ({
  ...row,
  defaultTenantId: tenantId ?? row.defaultTenantId,
})

async function openAll(deps: Deps, sealed: { userId: string; secret: string | null }[]) {
  const opened = await Promise.all(
    sealed.map(async ({ userId, secret }) =>
      secret === null ? [] : [[userId, await unsealSecret(deps, userId, 'secret', secret)] as const],
    ),
  )
  return new Map(opened.flat())
}
