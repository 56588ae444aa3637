/** Who is acting. Every door turns its credential into one of these. */
import type { AccessClaims } from './sessions/claims.ts'

export interface UserActor {
  kind: 'user'
  id: string
  tenantId: string
  sessionId: string
  claims: AccessClaims
}

export interface ApiKeyActor {
  kind: 'api-key'
  /** `operator` for the secret ADMIN_API_KEY. */
  id: string
  /** Null for an operator, who sees every tenant. */
  tenantId: string | null
  /** Bits: Read 1, Write 2, Delete 4, Create 8. */
  permissions: number
  ownerId: string | null
}

export interface ClientActor {
  kind: 'client'
  /** The row's id, not the `client_id` on the wire. */
  id: string
}

export const clientActor = ({ id }: { id: string }): ClientActor => ({ kind: 'client', id })

export type Actor = UserActor | ApiKeyActor | ClientActor | { kind: 'anonymous' | 'system'; id: null }

export const ANONYMOUS: Actor = { kind: 'anonymous', id: null }
export const SYSTEM: Actor = { kind: 'system', id: null }
