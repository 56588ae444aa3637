/** `AuthUser`: the claims of the token that are about the person. No store is asked. */
import * as z from 'zod'
import type { AccessClaims } from '../../core/sessions/claims.ts'
import { personOf } from '../../core/sessions/claims.ts'

export const AuthUser = z.looseObject({
  id: z.string(),
  username: z.string(),
  permissions: z.array(z.string()),
  role: z.string(),
  tenantId: z.string(),
  userTenantId: z.string(),
  status: z.number(),
  userPreferences: z.object({ locale: z.string() }),
})

export const authUser = (claims: AccessClaims) => personOf(claims)
