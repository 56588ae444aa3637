/**
 * A login on its way from a service through the hosted pages and back. A cookie of its own binds it to the browser that
 * started it; what has been proved so far is kept with it.
 */
import * as z from 'zod'
import { consumeOneTimeSecret, insertOneTimeSecret, selectOneTimeSecret, updateOneTimeData } from '../../db/one-time.ts'
import type { Tenant } from '../../db/principals.ts'
import { selectTenant, selectTenantByKey } from '../../db/tenants.ts'
import type { Deps } from '../../deps.ts'
import { newId, randomToken, sameDigest, sha256 } from '../crypto.ts'
import { AppError } from '../errors.ts'
import { allowedCallback } from './callbacks.ts'

const KIND = 'gateway_login'
export const FLOW_SECONDS = 30 * 60

const FlowData = z.object({
  callback: z.string(),
  /** Digest of the browser's secret: the token's claim `txn`. */
  browser: z.string(),
  /** Who has proved one factor and still owes the other. */
  waiting: z
    .object({
      userId: z.string(),
      method: z.string(),
      groups: z.array(z.string()).nullable().default(null),
      /** The session that it will open; what a provider gave is kept for that one. */
      sessionId: z.string().nullable().default(null),
      /** The other factor has been proved too: by an app that was just enrolled, or by a code, to enrol one. */
      proved: z.string().nullable().default(null),
    })
    .nullable()
    .default(null),
  /** The sealed secret of the app that this very login enrols. */
  enrolling: z.string().nullable().default(null),
  /** Why a provider sent nobody. */
  problem: z.string().nullable().default(null),
  /** The name that a one-time code was sent for. */
  otpFor: z.string().nullable().default(null),
})
type FlowData = z.infer<typeof FlowData>

export interface LoginFlow extends FlowData {
  id: string
  hash: string
  tenant: Tenant
}

/** Throws `not_found` (no such organisation, or a suspended one) or `parameter_invalid` (a callback that is not theirs). */
export async function startLoginFlow(deps: Deps, { org, callback }: { org: string; callback: string | undefined }) {
  const [tenant] = await selectTenantByKey(deps.db, org)
  if (tenant?.status !== 'active') throw new AppError('not_found')
  const allowed = allowedCallback(deps.config, tenant, callback)
  if (!allowed) throw new AppError('parameter_invalid')
  const [id, secret] = [randomToken(16), randomToken()]
  const nothingYet = { waiting: null, enrolling: null, problem: null, otpFor: null }
  const data: FlowData = { callback: allowed, browser: await sha256(secret), ...nothingYet }
  const expiresAt = new Date(deps.now().getTime() + FLOW_SECONDS * 1000)
  const hash = await sha256(id)
  await insertOneTimeSecret(deps.db, { kind: KIND, hash, tenantId: tenant.id, data, expiresAt })
  return { ...data, id, hash, secret, tenant }
}

/** The flow of this browser. Throws `login_ended` when there is none, `not_found` when its organisation is gone. */
export async function readLoginFlow(deps: Deps, id: string, secret: string): Promise<LoginFlow> {
  const flow = await resumeLoginFlow(deps, id)
  if (!sameDigest(flow.browser, await sha256(secret))) throw new AppError('login_ended')
  return flow
}

/** The flow of a browser that has shown something else that only it can have. Throws as `readLoginFlow` does. */
export async function resumeLoginFlow(deps: Deps, id: string): Promise<LoginFlow> {
  const hash = await sha256(id)
  const [found] = await selectOneTimeSecret(deps.db, { kind: KIND, hash })
  if (!found || found.usedAt || found.expiresAt <= deps.now()) throw new AppError('login_ended')
  const data = FlowData.parse(found.data)
  const [tenant] = await selectTenant(deps.db, found.tenantId ?? '')
  if (tenant?.status !== 'active') throw new AppError('not_found')
  return { ...data, id, hash, tenant }
}

type Note = Partial<Omit<FlowData, 'callback' | 'browser'>>

/** What is noted as null is forgotten. */
export async function noteInFlow(deps: Deps, flow: Pick<LoginFlow, 'hash'>, note: Note) {
  await updateOneTimeData(deps.db, { kind: KIND, hash: flow.hash }, note)
}

/** Spends the flow: of two that finish it at once one goes on. */
export function spendFlow(deps: Deps, { hash }: LoginFlow) {
  return consumeOneTimeSecret(deps.db, { kind: KIND, hash, useId: newId(), now: deps.now() })
}
