/** The admin family: setting the core up, with API keys. Errors are RFC 9457 problems. Mounted after the account family. */
import { renderProblem } from '../../http/problem.ts'
import { createFamily } from '../../http/router.ts'
import { apiKeys } from './api-keys.ts'
import { audit } from './audit.ts'
import { auditVerification } from './audit-verification.ts'
import { clients } from './clients.ts'
import { connections } from './connections.ts'
import { keys } from './keys.ts'
import { memberships } from './memberships.ts'
import { roles } from './roles.ts'
import { tenants } from './tenants.ts'
import { transfer } from './transfer.ts'
import { units } from './units.ts'
import { users } from './users.ts'

const standard = [
  tenants,
  units,
  roles,
  clients,
  users,
  memberships,
  connections,
  apiKeys,
  audit,
  auditVerification,
  keys,
]

export const admin = createFamily(renderProblem, standard, [transfer])
