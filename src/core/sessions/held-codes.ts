/** An auth code as proof of who is there, without spending it: for enrolling an authenticator app. */
import { selectPrincipalOfCode } from '../../db/auth-codes.ts'
import { type Client, selectClientByClientId } from '../../db/clients.ts'
import { selectOneTimeSecret } from '../../db/one-time.ts'
import type { Principal } from '../../db/principals.ts'
import type { Deps } from '../../deps.ts'
import { sha256 } from '../crypto.ts'
import { AppError } from '../errors.ts'
import { personRefusal } from './admission.ts'
import { AUTH_CODE, CodeData } from './auth-codes.ts'

/** Throws `client_unknown`, `client_unverified`, `code_missing`, `code_invalid`, `code_expired` or why the person is refused. */
export async function readAuthCode(
  deps: Deps,
  { code, clientId }: { code: string | undefined; clientId: string | undefined },
): Promise<{ client: Client; principal: Principal; data: CodeData }> {
  const { db } = deps
  const held = { kind: AUTH_CODE, hash: await sha256(code ?? '') }
  const [[client], [secret], [principal]] = await db.batch([
    selectClientByClientId(db, clientId ?? ''),
    selectOneTimeSecret(db, held),
    selectPrincipalOfCode(db, held),
  ])
  if (!client) throw new AppError('client_unknown')
  if (client.status !== 'active') throw new AppError('client_unverified')
  if (code === undefined) throw new AppError('code_missing')
  if (!secret || secret.clientId !== client.id || !principal) throw new AppError('code_invalid')
  if (secret.usedAt || secret.expiresAt <= deps.now()) throw new AppError('code_expired')
  const refusal = personRefusal(principal)
  if (refusal) throw new AppError(refusal)
  return { client, principal, data: CodeData.parse(secret.data) }
}
