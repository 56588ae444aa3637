/** Tenants and their units. What has the same key, or name, is the same. */
import { soughtTenants, soughtUnits, tenantsThere } from '../../db/import-lookups.ts'
import { insertMany } from '../../db/insert-many.ts'
import type { Tenant } from '../../db/principals.ts'
import { tenants, units } from '../../db/schema.ts'
import type { Unit } from '../../db/units.ts'
import { refuseTenant, tenantRow } from '../directory/tenants.ts'
import { forgetSnapshot } from '../gateway/health.ts'
import { distinct, importer, issuesOfRefusal, type Kind, missing } from './judge.ts'
import type { TenantLine, UnitLine } from './lines.ts'

const tenantKind: Kind<TenantLine, Tenant, Pick<Tenant, 'id' | 'key'>> = {
  keyOf: ({ key }) => [key],
  async look({ db, now }, sought) {
    return {
      known: await soughtTenants(db, sought),
      flaws: (line) => issuesOfRefusal(() => refuseTenant(line)),
      row: (line, id) => tenantRow(line, { id, now: now() }),
    }
  },
  write: ({ db }, rows) => [insertMany(db, tenants, rows)],
  written: forgetSnapshot,
  audit: ({ id }) => ({ action: 'tenant.import', target: { kind: 'tenant', id }, tenantId: id }),
}

const unitKind: Kind<UnitLine, Unit, Unit> = {
  keyOf: ({ tenantId, name }) => [tenantId, name],
  async look({ db, now }, sought, lines) {
    const [known, there] = await db.batch([
      soughtUnits(db, sought),
      tenantsThere(db, distinct(lines.map(({ tenantId }) => tenantId))),
    ])
    return {
      known,
      flaws: ({ tenantId }) => (there.some(({ id }) => id === tenantId) ? [] : [missing('tenantId')]),
      row: ({ tenantId, name, description = '' }, id) => {
        const at = now()
        return { id, tenantId, name, description, createdAt: at, updatedAt: at }
      },
    }
  },
  isAnother: ({ tenantId }, same) => tenantId !== same.tenantId,
  write: ({ db }, rows) => [insertMany(db, units, rows)],
  audit: ({ id, tenantId }) => ({ action: 'unit.import', target: { kind: 'unit', id }, tenantId }),
}

export const importTenants = importer(tenantKind)
export const importUnits = importer(unitKind)
