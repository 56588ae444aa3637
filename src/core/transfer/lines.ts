/** One line of an import or an export: a resource with everything that belongs to it, its references by id. */
import type { NewClient } from '../directory/clients.ts'
import type { NewMembership } from '../directory/memberships.ts'
import type { NewTenant } from '../directory/tenants.ts'
import type { NewUser } from '../directory/users.ts'

interface Identified {
  /** Kept where it is given, so that what others know somebody or something by stays true. */
  id?: string | undefined
}

export type TenantLine = Identified & NewTenant

export interface UnitLine extends Identified {
  tenantId: string
  name: string
  description?: string | undefined
}

export interface RoleLine extends Identified {
  tenantId: string
  name: string
  permissions?: string[] | undefined
  /** Whether it is what the tenant gives to whoever signs up. */
  forSignUp?: boolean | undefined
}

export interface ClientLine extends Identified, Omit<NewClient, 'type'> {
  clientId: string
  /** Its own name, because `type` says what a line is. */
  clientType?: NewClient['type']
}

export interface UserLine extends Identified, Omit<NewUser, 'password' | 'profile' | 'settings'> {
  profile?: Record<string, string | number | null | undefined> | undefined
  settings?: Omit<NonNullable<NewUser['settings']>[number], 'id'>[] | undefined
  /** The secret of a confirmed authenticator app, in base32. */
  authenticatorSecret?: string | undefined
  /** They have completed a second factor, so that one factor alone sets up no app; an app says so by itself. */
  secondFactorEstablished?: boolean | undefined
}

export interface MembershipLine extends Identified, NewMembership {
  userId: string
}

/** Who somebody is at a provider. */
export interface IdentityLine extends Identified {
  userId: string
  kind: string
  /** Absent: the only connection of the kind. */
  connectionId?: string | undefined
  subject: string
}

export interface LineOf {
  tenant: TenantLine
  unit: UnitLine
  role: RoleLine
  client: ClientLine
  user: UserLine
  membership: MembershipLine
  identity: IdentityLine
}
export type LineType = keyof LineOf
export type Line = { [Type in LineType]: { type: Type } & LineOf[Type] }[LineType]
