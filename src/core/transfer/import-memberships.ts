/** Memberships. Nobody has two in a tenant: one that is there stays as it is. */
import { rolesThere, soughtMemberships, tenantsThere, unitsThere, usersThere } from '../../db/import-lookups.ts'
import { insertMany } from '../../db/insert-many.ts'
import { addUnits } from '../../db/memberships.ts'
import type { Membership } from '../../db/principals.ts'
import { memberships } from '../../db/schema.ts'
import { membershipRow } from '../directory/memberships.ts'
import { distinct, importer, type Kind, missing } from './judge.ts'
import type { MembershipLine } from './lines.ts'

type Row = Membership & { units: string[] }

const membershipKind: Kind<MembershipLine, Row, Pick<Membership, 'id' | 'userId' | 'tenantId'>> = {
  keyOf: ({ userId, tenantId }) => [userId, tenantId],
  async look({ db, now }, sought, lines) {
    const unitKeys = lines.flatMap(({ tenantId, units = [] }) => units.map((name) => [tenantId, name]))
    const [known, people, tenants, roles, units] = await db.batch([
      soughtMemberships(db, sought),
      usersThere(db, distinct(lines.map(({ userId }) => userId))),
      tenantsThere(db, distinct(lines.map(({ tenantId }) => tenantId))),
      rolesThere(db, distinct(lines.map(({ roleId }) => roleId))),
      unitsThere(db, unitKeys),
    ])
    return {
      known,
      flaws: ({ userId, tenantId, roleId, units: names = [] }) => [
        ...(people.some(({ id }) => id === userId) ? [] : [missing('userId')]),
        ...(tenants.some(({ id }) => id === tenantId) ? [] : [missing('tenantId')]),
        ...(roles.some((role) => role.id === roleId && role.tenantId === tenantId) ? [] : [missing('roleId')]),
        ...names.flatMap((name, at) =>
          units.some((unit) => unit.tenantId === tenantId && unit.name === name) ? [] : [missing(['units', at])],
        ),
      ],
      row: (line, id) => ({
        ...membershipRow(line.userId, line, { id, now: now() }),
        units: distinct(line.units ?? []),
      }),
    }
  },
  isAnother: ({ userId, tenantId }, same) => userId !== same.userId || tenantId !== same.tenantId,
  write: ({ db }, rows) => [insertMany(db, memberships, rows), addUnits(db, rows)],
  audit: ({ id, tenantId }) => ({ action: 'membership.import', target: { kind: 'membership', id }, tenantId }),
}

export const importMemberships = importer(membershipKind)
