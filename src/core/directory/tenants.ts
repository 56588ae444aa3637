/** Tenants: made and removed by operators, described by themselves. */
import type { PageRequest } from '../../db/page.ts'
import type { Tenant } from '../../db/principals.ts'
import { selectRole } from '../../db/roles.ts'
import { endSessions, ofSuspendedTenant, ofTenant } from '../../db/sessions.ts'
import {
  deleteTenant,
  deleteTenantActivity,
  insertTenant,
  listTenants as listRows,
  selectTenant,
  type TenantChanges,
  updateTenant,
} from '../../db/tenants.ts'
import type { Deps } from '../../deps.ts'
import { auditOfChange, auditStatement } from '../activity/audit.ts'
import type { ApiKeyActor } from '../actor.ts'
import { newId } from '../crypto.ts'
import { AppError } from '../errors.ts'
import { forgetSnapshot } from '../gateway/health.ts'
import { announceEnded } from '../sessions/state.ts'
import { found, orConflict, refusedField, requireOperator, unknownReference } from './refusals.ts'

export type { Tenant }

export const LOGIN_METHODS = ['password', 'otp', 'social', 'sso', 'passkey'] as const

const DEFAULT_COLOR = '#0b5fff'

export type NewTenant = TenantChanges & { key: string; name: string }

/** Throws `conflict` when the key is taken. A role for sign-ups can only be named once the tenant is there. */
export async function createTenant(deps: Deps, actor: ApiKeyActor, input: NewTenant): Promise<Tenant> {
  requireOperator(actor)
  refuseTenant(input)
  const tenant = tenantRow(input, { id: newId(), now: deps.now() })
  const [rows] = await orConflict(
    deps.db.batch([insertTenant(deps.db, tenant), auditOfChange(deps, actor, entry('create', tenant.id))]),
  )
  forgetSnapshot(deps)
  return found(rows)
}

/** Throws `validation_failed` for what no new tenant may say. */
export function refuseTenant({ signUp }: NewTenant): void {
  if (signUp?.roleId) throw unknownReference(['signUp', 'roleId'])
  requireDomains(signUp ?? {})
}

/** A new tenant, with what is meant where nothing is said. */
export function tenantRow(input: NewTenant, { id, now }: { id: string; now: Date }): Tenant {
  const { signUp, branding } = input
  return {
    id,
    key: input.key,
    name: input.name,
    status: input.status ?? 'active',
    loginMethods: input.loginMethods ?? [...LOGIN_METHODS],
    signUp: { mode: signUp?.mode ?? 'off', roleId: null, emailDomains: signUp?.emailDomains ?? [] },
    secondFactor: input.secondFactor ?? 'off',
    callbackUrls: input.callbackUrls ?? [],
    branding: {
      name: branding?.name ?? input.name,
      logoUrl: branding?.logoUrl ?? null,
      color: branding?.color ?? DEFAULT_COLOR,
    },
    locale: input.locale ?? 'en',
    createdAt: now,
    updatedAt: now,
  }
}

export async function getTenant(deps: Deps, actor: ApiKeyActor, id: string): Promise<Tenant> {
  if (actor.tenantId !== null && actor.tenantId !== id) throw new AppError('not_found')
  return found(await selectTenant(deps.db, id))
}

export function listTenants(deps: Deps, actor: ApiKeyActor, filter: { key?: string | undefined }, page: PageRequest) {
  return listRows(deps.db, actor.tenantId, filter, page)
}

/** Only an operator may rename the key or suspend. Suspending ends every session. */
export async function changeTenant(
  deps: Deps,
  actor: ApiKeyActor,
  id: string,
  changes: TenantChanges,
): Promise<Tenant> {
  const { db } = deps
  const tenant = await getTenant(deps, actor, id)
  if (differs(changes.key, tenant.key) || differs(changes.status, tenant.status)) requireOperator(actor)
  const { roleId } = changes.signUp ?? {}
  if (roleId && (await selectRole(db, id, roleId)).length === 0) throw unknownReference(['signUp', 'roleId'])
  if (changes.signUp) requireDomains({ ...tenant.signUp, ...changes.signUp })

  const [rows, , ended] = await orConflict(
    db.batch([
      updateTenant(db, id, changes, deps.now()),
      auditOfChange(deps, actor, entry('update', id)),
      endSessions(db, ofSuspendedTenant(id), 'blocked', deps.now()),
    ]),
  )
  forgetSnapshot(deps)
  await announceEnded(deps, ended, 'blocked')
  return found(rows)
}

/** Removes what belongs to the tenant alone; its people and clients stay. Nothing happens when it is not there. */
export async function removeTenant(deps: Deps, actor: ApiKeyActor, id: string): Promise<void> {
  requireOperator(actor)
  const { db } = deps
  const [ended] = await db.batch([
    endSessions(db, ofTenant(id), 'revoked', deps.now()),
    deleteTenant(db, id),
    auditOfChange(deps, actor, entry('delete', id)),
    deleteTenantActivity(db, id),
  ])
  forgetSnapshot(deps)
  await announceEnded(deps, ended, 'revoked')
}

export async function revokeTenantSessions(deps: Deps, actor: ApiKeyActor, id: string): Promise<void> {
  await getTenant(deps, actor, id)
  const [ended] = await deps.db.batch([
    endSessions(deps.db, ofTenant(id), 'revoked', deps.now()),
    auditStatement(deps, actor, { action: 'session.revoke', target: { kind: 'tenant', id }, tenantId: id }),
  ])
  await announceEnded(deps, ended, 'revoked')
}

function requireDomains({ mode, emailDomains }: { mode?: string | undefined; emailDomains?: string[] | undefined }) {
  if (mode === 'domains' && !emailDomains?.length)
    throw refusedField(['signUp', 'emailDomains'], 'must name at least one domain')
}

const entry = (verb: string, id: string) => ({ action: `tenant.${verb}`, target: { kind: 'tenant', id }, tenantId: id })

const differs = (given: string | undefined, current: string) => given !== undefined && given !== current
