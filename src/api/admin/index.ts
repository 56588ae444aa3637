/** The admin family: setting the core up, with API keys. Errors are RFC 9457 problems. Mounted at `/v1`, after the account family. */
import { renderProblem } from '../../http/problem.ts'
import { createFamily } from '../../http/router.ts'
import { clients } from './clients.ts'
import { memberships } from './memberships.ts'
import { roles } from './roles.ts'
import { tenants } from './tenants.ts'
import { users } from './users.ts'

export const admin = createFamily(renderProblem, [tenants, roles, clients, users, memberships])
