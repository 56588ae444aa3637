/** Who somebody is at a provider. The connection must be there first: it holds what only its owner can set up. */

import type { Identity } from '../../db/identities.ts'
import { connectionsOfKinds, soughtIdentities, usersThere } from '../../db/import-lookups.ts'
import { insertMany } from '../../db/insert-many.ts'
import { identities } from '../../db/schema.ts'
import { tenantOfUser } from '../../db/users.ts'
import type { Deps } from '../../deps.ts'
import type { ApiKeyActor } from '../actor.ts'
import { distinct, flaw, importer, type Kind, missing, type Verdict } from './judge.ts'
import type { IdentityLine } from './lines.ts'

type Placed = IdentityLine & { connectionId: string }

const identityKind: Kind<Placed, Identity, Identity> = {
  keyOf: ({ connectionId, subject }) => [connectionId, subject],
  async look({ db, now }, sought, lines) {
    const [known, people] = await db.batch([
      soughtIdentities(db, sought),
      usersThere(db, distinct(lines.map(({ userId }) => userId))),
    ])
    return {
      known,
      flaws: ({ userId }) => (people.some(({ id }) => id === userId) ? [] : [missing('userId')]),
      row: ({ userId, connectionId, subject }, id) => ({ id, userId, connectionId, subject, createdAt: now() }),
    }
  },
  isAnother: ({ userId }, same) => userId !== same.userId,
  differs: ({ userId }, holder) =>
    holder.userId === userId ? [] : [flaw('subject', 'is known as somebody else already')],
  write: ({ db }, rows) => [insertMany(db, identities, rows)],
  audit: ({ id, userId }) => ({
    action: 'identity.import',
    target: { kind: 'identity', id },
    tenantId: tenantOfUser(userId),
  }),
}

const importPlaced = importer(identityKind)

/** A line that names no connection is for the only one of its kind. */
export async function importIdentities(deps: Deps, actor: ApiKeyActor, lines: IdentityLine[], dryRun: boolean) {
  const there = await connectionsOfKinds(deps.db, distinct(lines.map(({ kind }) => kind)))
  const placed = lines.map((line) => {
    const ofKind = there.filter(({ id, kind }) => kind === line.kind && id === (line.connectionId ?? id))
    return { line, connectionId: ofKind.length === 1 ? ofKind[0]?.id : undefined }
  })
  const good = placed.flatMap(({ line, connectionId }) => (connectionId ? [{ ...line, connectionId }] : []))
  const verdicts = await importPlaced(deps, actor, good, dryRun)
  let next = 0
  return placed.map(({ line, connectionId }): Verdict => {
    const verdict = connectionId ? verdicts[next++] : undefined
    return verdict ?? { outcome: 'refused', issues: [flaw('kind', unplaced(line.kind))] }
  })
}

const unplaced = (kind: string) => `must have one active connection in this service (${kind})`
