/**
 * Whether a session still stands, without SQL when warm. SQL is the authority; what is read there is cached for a
 * minute, with the time it was read at, so that no stale copy anywhere is believed for longer than that.
 */
import * as z from 'zod'
import { findSessionState, type SessionState } from '../../db/sessions.ts'
import type { Db, Deps } from '../../deps.ts'

/** The longest that an ended session is taken for a standing one, at another location. */
export const STALE_SECONDS = 60

const MOST_REMEMBERED = 10_000

/** What the gateway asks again and again of a session; see core/gateway/standing.ts. */
const Standing = z.object({
  userId: z.string(),
  tenantId: z.string(),
  /** Epoch milliseconds. */
  openedAt: z.number(),
  expiresAt: z.number(),
  /** The person may be in the tenant. */
  admitted: z.boolean(),
  units: z.array(z.string()),
  preferred: z.string().nullable(),
})
export type Standing = z.infer<typeof Standing>

const Cached = z
  .object({
    generation: z.number(),
    endedAt: z.number().nullable(),
    endReason: z.enum(['logout', 'reuse', 'blocked', 'revoked', 'password']).nullable(),
    asOf: z.number(),
    standing: Standing.optional(),
  })
  .transform(({ endedAt, ...state }) => ({ ...state, endedAt: endedAt === null ? null : new Date(endedAt) }))
export type CachedSession = z.infer<typeof Cached>

/** What this process itself changed within the last minute; KV may not show it yet. */
const changedHere = new WeakMap<Db, Map<string, CachedSession>>()

/** A session that is not there has ended. */
export async function sessionState(deps: Deps, id: string): Promise<SessionState> {
  if (deps.config.SESSION_READS === 'cached') {
    const cached = await cachedSession(deps, id)
    if (cached && isFresh(deps, cached)) return cached
  }
  const asOf = deps.now().getTime()
  const found = await findSessionState(deps.db, id)
  const state = { ...(found ?? { generation: 0, endedAt: deps.now(), endReason: null }), asOf }
  if (deps.config.SESSION_READS === 'cached') deps.defer(writeCache(deps, id, state))
  return state
}

/** What the caches say, however old. */
export async function cachedSession(deps: Deps, id: string): Promise<CachedSession | undefined> {
  return newest(await readCache(deps, id), changedHere.get(deps.db)?.get(id))
}

/** From the future it is only where a clock was set back, and no more to be believed than from the past. */
export const isFresh = ({ now }: Deps, { asOf }: CachedSession) =>
  Math.abs(now().getTime() - asOf) < STALE_SECONDS * 1000

/** Tells the caches of a session that was opened or refreshed; an old copy would only let the replaced token live. */
export function announceSession(deps: Deps, id: string, generation: number): void {
  const latest = rememberHere(deps, id, { generation, endedAt: null, endReason: null })
  deps.defer(writeCache(deps, id, latest))
}

/**
 * Tells the caches of sessions that have ended, and waits for it: here they are refused at once. Of many the later ones
 * are told of after the answer, as far as a request may go, and the rest are refused within STALE_SECONDS.
 */
export async function announceEnd(deps: Deps, ids: string[], endReason: SessionState['endReason']): Promise<void> {
  const state = { generation: 0, endedAt: deps.now(), endReason }
  for (const id of ids) rememberHere(deps, id, state)
  const tell = (id: string) => writeCache(deps, id, state)
  if (ids.length > MOST_AWAITED) await tellOfMany(deps)
  await inLanes(ids.slice(0, MOST_AWAITED), tell)
  if (ids.length > MOST_AWAITED) deps.defer(inLanes(ids.slice(MOST_AWAITED, MOST_ANNOUNCED), tell))
}

/** Whether what a cache says may be gone on with while SQL is down: nothing since may have ended it in silence. */
export async function isGoodInGrace(deps: Deps, { asOf }: CachedSession): Promise<boolean> {
  try {
    const manyEndedAt = await deps.kv.get(MANY_ENDED)
    return manyEndedAt === null || asOf > Number(manyEndedAt)
  } catch (cause) {
    deps.log('warn', 'cache read failed', { cause })
    return false
  }
}

/** The same for the rows that ending them answered. */
export const announceEnded = (deps: Deps, ended: { id: string }[], endReason: SessionState['endReason']) =>
  announceEnd(
    deps,
    ended.map(({ id }) => id),
    endReason,
  )

/** What a request may wait for, and what it may do at all: Workers grant it 1,000 calls, and 30 seconds after the answer. */
const MOST_AWAITED = 60
const MOST_ANNOUNCED = 600
/** Workers open this many connections at once; what waits in line would look like a silent cache. */
const AT_ONCE = 6

/** When more sessions ended at once than everybody is sure to be told of: an entry from before it proves no standing. */
const MANY_ENDED = 'sessions:many-ended'

async function tellOfMany(deps: Deps): Promise<void> {
  try {
    await deps.kv.put(MANY_ENDED, String(deps.now().getTime()), STANDING_SECONDS + STALE_SECONDS)
  } catch (cause) {
    deps.log('warn', 'cache write failed', { cause })
  }
}

/** `work` never fails. */
async function inLanes(ids: string[], work: (id: string) => Promise<void>): Promise<void> {
  const left = ids.values()
  const lane = async () => {
    for (const id of left) await work(id)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, lane))
}

/** Never forgets an end: a parallel second use of the code may have ended the session while it was being opened. */
function rememberHere(deps: Deps, id: string, state: SessionState): SessionState {
  const here = changedHere.get(deps.db) ?? new Map<string, CachedSession>()
  changedHere.set(deps.db, here)
  const latest = newest(here.get(id), { ...state, asOf: deps.now().getTime() })
  here.delete(id)
  here.set(id, latest)
  const [oldest] = here.size > MOST_REMEMBERED ? here.keys() : []
  if (oldest) here.delete(oldest)
  return latest
}

/** An end outweighs everything, then the later generation; of two alike the later reading. */
function newest(a: CachedSession | undefined, b: CachedSession): CachedSession
function newest(a: CachedSession | undefined, b: CachedSession | undefined): CachedSession | undefined
function newest(a: CachedSession | undefined, b: CachedSession | undefined): CachedSession | undefined {
  if (!a || !b) return a ?? b
  if (a.endedAt || b.endedAt) return a.endedAt ? a : b
  if (a.generation !== b.generation) return a.generation > b.generation ? a : b
  return a.asOf > b.asOf ? a : b
}

const cacheKey = (id: string) => `session:${id}`

async function readCache(deps: Deps, id: string): Promise<CachedSession | undefined> {
  try {
    const text = await deps.kv.get(cacheKey(id))
    return text === null ? undefined : Cached.parse(JSON.parse(text))
  } catch (cause) {
    deps.log('warn', 'cache read failed', { cause })
    return undefined
  }
}

/** With its standing an entry is kept for so long: it is what the gateway goes on with while SQL is down. */
const STANDING_SECONDS = 86_400

/** What was read in SQL is as of when the reading began. */
export async function writeCache(
  deps: Deps,
  id: string,
  state: SessionState & { standing?: Standing; asOf?: number },
): Promise<void> {
  const { endedAt, asOf = deps.now().getTime() } = state
  const value = JSON.stringify({ ...state, endedAt: endedAt?.getTime() ?? null, asOf })
  try {
    await deps.kv.put(cacheKey(id), value, state.standing ? STANDING_SECONDS : STALE_SECONDS)
  } catch (cause) {
    deps.log('warn', 'cache write failed', { cause })
  }
}
