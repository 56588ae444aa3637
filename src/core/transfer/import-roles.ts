/**
 * Roles. One of the same name is the same only if it may do the same: an import gives nobody other rights. A tenant that has
 * a role for sign-ups keeps it, whatever a line says.
 */
import { soughtRoles, tenantsThere } from '../../db/import-lookups.ts'
import { insertMany } from '../../db/insert-many.ts'
import type { Role } from '../../db/principals.ts'
import { roles } from '../../db/schema.ts'
import { fillSignUpRole } from '../../db/tenants.ts'
import { auditOfChange } from '../activity/audit.ts'
import { forgetSnapshot } from '../gateway/health.ts'
import { distinct, flaw, importer, type Kind, missing } from './judge.ts'
import type { RoleLine } from './lines.ts'

interface NewRole extends Role {
  forSignUp: boolean
}

const roleKind: Kind<RoleLine, NewRole, Role> = {
  keyOf: ({ tenantId, name }) => [tenantId, name],
  async look({ db, now }, sought, lines) {
    const [known, there] = await db.batch([
      soughtRoles(db, sought),
      tenantsThere(db, distinct(lines.map(({ tenantId }) => tenantId))),
    ])
    return {
      known,
      flaws: ({ tenantId }) => (there.some(({ id }) => id === tenantId) ? [] : [missing('tenantId')]),
      row: ({ tenantId, name, permissions = [], forSignUp = false }, id) => {
        const at = now()
        return { id, tenantId, name, permissions, forSignUp, createdAt: at, updatedAt: at }
      },
    }
  },
  isAnother: ({ tenantId }, same) => tenantId !== same.tenantId,
  /** A line that says nothing of permissions takes the role as it is. */
  differs({ permissions }, holder) {
    if (!permissions) return []
    const [given, there] = [new Set(permissions), new Set(holder.permissions)]
    const same = given.size === there.size && permissions.every((permission) => there.has(permission))
    return same ? [] : [flaw('permissions', 'must be those of the role of this name that is there')]
  },
  write: (deps, rows, actor) => [
    insertMany(deps.db, roles, rows),
    ...rows
      .filter(({ forSignUp }) => forSignUp)
      .flatMap(({ id, tenantId }) => [
        fillSignUpRole(deps.db, tenantId, id, deps.now()),
        auditOfChange(deps, actor, { action: 'tenant.update', target: { kind: 'tenant', id: tenantId }, tenantId }),
      ]),
  ],
  written: forgetSnapshot,
  audit: ({ id, tenantId }) => ({ action: 'role.import', target: { kind: 'role', id }, tenantId }),
}

export const importRoles = importer(roleKind)
