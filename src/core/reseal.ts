/**
 * Replacing the master key: everything that is sealed under the previous one is opened and sealed again under the
 * current one, some rows a call, until nothing remains. Auth codes are left out; they are gone before the key is.
 */
import { runAll, type Statement } from '../db/batch.ts'
import { clients, connections, devices, loginActivity, providerSessions, secondFactors } from '../db/schema.ts'
import {
  countSealedOtherwise,
  listSealedOtherwise,
  replaceSealed,
  type SealedColumn,
  type SealedValue,
} from '../db/sealed.ts'
import type { Deps } from '../deps.ts'
import { auditStatement } from './activity/audit.ts'
import { countUnproved, proveAgain } from './activity/audit-reseal.ts'
import { addressIdentity, payloadIdentity } from './activity/login-activity.ts'
import type { ApiKeyActor } from './actor.ts'
import * as authenticator from './credentials/authenticator.ts'
import { pushTokenIdentity } from './devices/registration.ts'
import * as client from './directory/client-secrets.ts'
import { requireOperator } from './directory/refusals.ts'
import { clientSecretIdentity, samlKeyIdentity } from './federation/client-secret.ts'
import { providerTokensIdentity } from './federation/provider-sessions.ts'
import { resealSigningKeys } from './sessions/signing-keys.ts'
import { currentSealMark, keyedDigest, seal, unseal } from './vault.ts'

interface Resealed extends SealedColumn {
  identity: (subject: string) => string
  digestPurpose?: string
}

const MOST_ROWS = 200

const { secret, secretDigest, previousSecret, previousSecretDigest } = clients
const clientSecret = { key: clients.id, identity: client.secretIdentity, digestPurpose: client.DIGEST_PURPOSE }

/** Every sealed column but that of the signing keys, which look after their own. */
const COLUMNS: Resealed[] = [
  { ...clientSecret, column: secret, digest: secretDigest },
  { ...clientSecret, column: previousSecret, digest: previousSecretDigest },
  {
    column: secondFactors.secret,
    key: secondFactors.userId,
    identity: (id) => authenticator.secretIdentity(id, 'secret'),
  },
  {
    column: secondFactors.pendingSecret,
    key: secondFactors.userId,
    identity: (id) => authenticator.secretIdentity(id, 'pending_secret'),
  },
  { column: loginActivity.ipAddress, key: loginActivity.id, identity: addressIdentity },
  {
    column: loginActivity.tokenPayload,
    key: loginActivity.id,
    subject: loginActivity.sessionId,
    identity: payloadIdentity,
  },
  { column: connections.clientSecret, key: connections.id, identity: clientSecretIdentity },
  { column: connections.samlKey, key: connections.id, identity: samlKeyIdentity },
  { column: devices.pushToken, key: devices.id, identity: pushTokenIdentity },
  { column: providerSessions.tokens, key: providerSessions.sessionId, identity: providerTokensIdentity },
]

interface Round {
  resealed: number
  remaining: number
  /** Audit rows and seals that were made with neither key, and stay as they are. */
  unprovable: number
}

/** One round, for operators. Call it until `remaining` is 0; then MASTER_KEY_PREVIOUS may go. */
export async function resealSome(deps: Deps, actor: ApiKeyActor): Promise<Round> {
  requireOperator(actor)
  const { db } = deps
  const mark = await currentSealMark(deps.config)
  const signingKeys = await resealSigningKeys(deps)

  const replacements: Statement[] = []
  for (const column of COLUMNS) {
    for (const row of await listSealedOtherwise(db, column, mark, MOST_ROWS - replacements.length)) {
      const again = await sealAgain(deps, column, row)
      replacements.push(replaceSealed(db, column, row, again))
    }
  }
  replacements.push(...(await proveAgain(deps, MOST_ROWS - replacements.length)))
  const target = { kind: 'master-key', id: mark.slice(0, -1) }
  const record = auditStatement(deps, actor, { action: 'master-key.reseal', target, tenantId: null })
  await runAll(db, [...replacements, record])

  const counts = await Promise.all(COLUMNS.map((column) => countSealedOtherwise(db, column, mark)))
  const { waiting, unprovable } = await countUnproved(deps)
  return {
    resealed: signingKeys + replacements.length,
    remaining: counts.reduce((sum, count) => sum + count, waiting),
    unprovable,
  }
}

async function sealAgain(
  { config }: Deps,
  { identity, digestPurpose }: Resealed,
  { subject, sealed }: SealedValue,
): Promise<{ sealed: string; digest: string }> {
  const plain = await unseal(config, identity(subject), sealed)
  return {
    sealed: await seal(config, identity(subject), plain),
    digest: digestPurpose ? await keyedDigest(config, digestPurpose, plain) : '',
  }
}
