/** The passkeys of a person: enrolled, listed and removed by the one who is signed in. */
import { isUniqueViolation } from '../../db/batch.ts'
import { deleteOwnPasskey, insertOwnPasskey, listOwnPasskeys, type Passkey } from '../../db/passkeys.ts'
import type { Deps } from '../../deps.ts'
import { auditOfChange } from '../activity/audit.ts'
import { AppError } from '../errors.ts'
import { challengeEnd, makeChallenge, spendChallenge } from './challenges.ts'
import { challengeOf, creationOptions, type RegistrationResponseJSON, readCreation } from './webauthn.ts'

const LIFETIME_MS = 10 * 60_000
const MOST = 20

/** Who is signed in, by whatever door. */
interface Owner {
  kind: 'user'
  id: string
  tenantId: string
}

const purposeOf = ({ id }: Owner) => ({ kind: 'passkey_enrolment', subject: id })

/** What the browser needs to make a passkey. */
export async function startEnrolment(deps: Deps, actor: Owner & { username: string }) {
  const end = new Date(deps.now().getTime() + LIFETIME_MS)
  return creationOptions(deps, {
    userId: actor.id,
    userName: actor.username,
    challenge: await makeChallenge(deps, purposeOf(actor), end),
    known: await listOwnPasskeys(deps.db, actor.id),
  })
}

/** Throws `passkey_invalid`, or `conflict` when it is enrolled already or there are too many. */
export async function finishEnrolment(
  deps: Deps,
  actor: Owner,
  { response, name }: { response: RegistrationResponseJSON; name: string },
): Promise<string> {
  const { db } = deps
  const challenge = await challengeOf(response)
  const endsAt = await challengeEnd(deps, purposeOf(actor), challenge)
  if (!endsAt) throw new AppError('passkey_invalid')
  const credential = await readCreation(deps, response, challenge)
  const { use, statement } = await spendChallenge(deps, purposeOf(actor), challenge, endsAt)
  const [spent, added] = await db
    .batch([
      statement,
      insertOwnPasskey(db, { use, userId: actor.id, most: MOST }, credential, name),
      auditOfChange(deps, actor, entry('passkey.enrol', actor)),
    ])
    .catch(refuseKnown)
  if (spent.length === 0) throw new AppError('passkey_invalid')
  if (added.length === 0) throw new AppError('conflict', { detail: `There are ${MOST} passkeys already` })
  return credential.id
}

export function listPasskeys({ db }: Deps, actor: Owner): Promise<Passkey[]> {
  return listOwnPasskeys(db, actor.id)
}

/** Nothing happens when it is not there. Throws `conflict` when it is the person's last way in. */
export async function removePasskey(deps: Deps, actor: Owner, id: string): Promise<void> {
  const { db } = deps
  const [removed, , left] = await db.batch([
    deleteOwnPasskey(db, actor.id, id),
    auditOfChange(deps, actor, entry('passkey.remove', actor)),
    listOwnPasskeys(db, actor.id),
  ])
  if (removed.length === 0 && left.some((passkey) => passkey.id === id))
    throw new AppError('conflict', { detail: 'It is the last way in' })
}

function refuseKnown(cause: unknown): never {
  throw isUniqueViolation(cause) ? new AppError('conflict', { cause }) : cause
}

const entry = (action: string, { id, tenantId }: Owner) => ({ action, target: { kind: 'user', id }, tenantId })
