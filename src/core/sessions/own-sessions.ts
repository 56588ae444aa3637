/** One's own sessions in the tenant that one is signed in at: to see, to end one, to end all others. */
import { type Ending, endOwnSessions, insertEndings, selectOwnSessions } from '../../db/own-sessions.ts'
import type { Deps } from '../../deps.ts'
import { activityBase, addressIdentity } from '../activity/login-activity.ts'
import { AppError } from '../errors.ts'
import { unseal } from '../vault.ts'
import { announceEnded } from './state.ts'

/** So many are shown and get an activity row; however many there are, all end. */
const MOST = 100

/** Who is signed in, and by which session. */
interface Owner {
  id: string
  tenantId: string
  sessionId: string
}

export type OwnSession = Awaited<ReturnType<typeof listOwnSessions>>[number]

/** This one first. Throws `unauthenticated` when it has ended, whatever the caches say. */
export async function listOwnSessions(deps: Deps, owner: Owner) {
  const rows = await readStanding(deps, owner)
  return Promise.all(
    rows.map(async ({ isThis, activityId, deviceInfo, ipAddress, ...session }) => ({
      ...session,
      isThis: Boolean(isThis),
      deviceInfo: deviceInfo ?? '',
      address: ipAddress && (await unseal(deps.config, addressIdentity(activityId), ipAddress)),
    })),
  )
}

/** Nothing happens where there is no such session of the owner's, or the one that asks has ended. */
export async function endOwnSession(deps: Deps, owner: Owner, id: string): Promise<void> {
  await end(deps, owner, [id], id)
}

/** Those too that were opened since the list was shown. Throws `unauthenticated` as above. */
export async function endOtherSessions(deps: Deps, owner: Owner): Promise<void> {
  const others = (await readStanding(deps, owner)).filter(({ isThis }) => !isThis)
  await end(
    deps,
    owner,
    others.map(({ id }) => id),
  )
}

async function readStanding(deps: Deps, owner: Owner) {
  const rows = await selectOwnSessions(deps.db, ownOf(deps, owner), MOST)
  if (!rows[0]?.isThis) throw new AppError('unauthenticated')
  return rows
}

async function end(deps: Deps, owner: Owner, ids: string[], only?: string): Promise<void> {
  const { db } = deps
  const own = ownOf(deps, owner)
  const bases = await Promise.all(ids.map(async (id) => ({ id, base: await activityBase(deps, 'LOGOUT') })))
  const endings = bases.map(({ id, base }): Ending => ({ id: base.id, sessionId: id, ipAddress: base.ipAddress }))
  const deviceInfo = bases[0]?.base.deviceInfo ?? ''
  const [ended] = await db.batch([
    endOwnSessions(db, own, endings, only),
    insertEndings(db, endings, { now: own.now, deviceInfo }),
  ])
  await announceEnded(deps, ended, 'logout')
}

const ownOf = ({ now }: Deps, { id, tenantId, sessionId }: Owner) => ({ userId: id, tenantId, sessionId, now: now() })
