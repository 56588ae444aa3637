/**
 * Whether a gateway session stands, and which units its person has. Warm it is one cache read; while SQL is down, what
 * was known last goes on being true.
 */
import { selectStanding } from '../../db/gateway.ts'
import type { Deps } from '../../deps.ts'
import { AppError } from '../errors.ts'
import {
  type CachedSession,
  cachedSession,
  isFresh,
  isGoodInGrace,
  type Standing,
  writeCache,
} from '../sessions/state.ts'
import { generationOf, verifyAccessToken } from '../sessions/token-pair.ts'
import { readCredential } from './credential.ts'

/** What a request may carry, in the order in which it is looked at. */
export interface Carriers {
  authorization?: string | undefined
  token?: string | undefined
  cookie?: string | undefined
}

export interface Caller extends Standing {
  sessionId: string
  /** It came with a token of its own, not with the gateway's cookie. */
  byToken: boolean
}

/**
 * Who is there. Throws `unauthenticated` for nobody. With an access token, somebody who may no longer be in the tenant
 * is there all the same, and not admitted; a cookie of theirs is nothing.
 */
export async function findCaller(deps: Deps, carriers: Carriers): Promise<Caller> {
  const { sessionId, generation } = await readCarrier(deps, carriers)
  const state = await readState(deps, sessionId)
  const { standing } = state
  const byToken = generation !== undefined
  if (!standing || (byToken && generation < state.generation)) throw new AppError('unauthenticated')
  if (state.endedAt && !(byToken && state.endReason === 'blocked')) throw new AppError('unauthenticated')
  if (!byToken && (standing.expiresAt <= deps.now().getTime() || !standing.admitted))
    throw new AppError('unauthenticated')
  return { ...standing, admitted: standing.admitted && !state.endedAt, sessionId, byToken }
}

/** The next read asks SQL: the person has just changed something. */
export async function refreshStanding(deps: Deps, sessionId: string): Promise<void> {
  await load(deps, sessionId)
}

async function readCarrier(deps: Deps, { authorization, token, cookie }: Carriers) {
  // Some runtimes do not pass an empty header on, so nowhere does it carry anything.
  if (authorization) {
    const [scheme = '', value = ''] = authorization.split(' ')
    if (scheme.toLowerCase() !== 'bearer') throw new AppError('unauthenticated')
    return readAccessToken(deps, value)
  }
  const credential = token || cookie
  if (!credential) throw new AppError('unauthenticated')
  const sessionId = await readCredential(deps, credential)
  if (sessionId) return { sessionId, generation: undefined }
  if (!token) throw new AppError('unauthenticated')
  return readAccessToken(deps, token)
}

async function readAccessToken(deps: Deps, token: string) {
  return generationOf(await verifyAccessToken(deps, token))
}

async function readState(deps: Deps, sessionId: string): Promise<CachedSession> {
  const cached = deps.config.SESSION_READS === 'cached' ? await cachedSession(deps, sessionId) : undefined
  // An end is an end whatever else is known.
  if (cached && isFresh(deps, cached) && (cached.standing || (cached.endedAt && cached.endReason !== 'blocked')))
    return cached
  try {
    return await load(deps, sessionId)
  } catch (cause) {
    if (cause instanceof AppError || !cached?.standing || !(await isGoodInGrace(deps, cached))) throw cause
    deps.log('warn', 'serving a session from the cache while the store is down', { cause })
    return cached
  }
}

async function load(deps: Deps, sessionId: string): Promise<CachedSession> {
  const asOf = deps.now().getTime()
  const [row] = await selectStanding(deps.db, sessionId)
  if (!row) throw new AppError('unauthenticated')
  const { userId, tenantId, generation, endedAt, endReason } = row
  const units: string[] = JSON.parse(row.units)
  const standing: Standing = {
    userId,
    tenantId,
    openedAt: row.openedAt.getTime(),
    expiresAt: row.expiresAt.getTime(),
    admitted: Boolean(row.admitted),
    units,
    preferred: row.preferred !== null && units.includes(row.preferred) ? row.preferred : null,
  }
  const state = { generation, endedAt, endReason, standing, asOf }
  if (deps.config.SESSION_READS === 'cached') await writeCache(deps, sessionId, state)
  return state
}
