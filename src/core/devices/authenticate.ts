/** A signed request into the application that signed it. */
import { type Client, selectClientByClientId } from '../../db/clients.ts'
import { insertNonce } from '../../db/nonces.ts'
import type { Deps } from '../../deps.ts'
import { usableSecrets } from '../directory/client-secrets.ts'
import { AppError } from '../errors.ts'
import { carriesVersion1, verifyVersion1 } from './hmac-v1.ts'
import { carriesVersion2, verifyVersion2 } from './http-signature.ts'
import { type SignedRequest, type Signer, TIME_WINDOW_SECONDS } from './proof.ts'

export type Application = Client

/** Something to compute with where there is no such application. */
const NO_SECRET = 'no application has this secret'

/** A timestamp from the edge of the future is good for two windows. */
const NONCE_SECONDS = 2 * TIME_WINDOW_SECONDS + 60

/**
 * `applicationId` is the one that the request is about; only it may sign. Throws, in this order, `signature_missing`,
 * `signature_invalid` (also for an unknown application or a version that it does not accept), `signature_expired`,
 * `signature_replayed` and `application_disabled`.
 */
export async function authenticateApplication(
  deps: Deps,
  applicationId: string,
  request: SignedRequest,
): Promise<Client> {
  const version = carriesVersion2(request) ? 2 : 1
  if (version === 2 && carriesVersion1(request)) throw new AppError('signature_invalid')

  const verify = version === 2 ? verifyVersion2 : verifyVersion1
  const find = (clientId: string) => findSigner(deps, clientId)
  const { client, nonce, isTimely } = await verify(request, find).catch((refusal: unknown) => {
    const target = withApostrophes(request.target)
    if (target === request.target) throw refusal
    return verify({ ...request, target }, find)
  })
  if (client?.clientId !== applicationId || !client.signatureVersions.includes(version))
    throw new AppError('signature_invalid')

  const now = deps.now()
  if (!isTimely(now)) throw new AppError('signature_expired')
  const expiresAt = new Date(now.getTime() + NONCE_SECONDS * 1000)
  if (!(await insertNonce(deps.db, { clientId: client.id, nonce, expiresAt }))) throw new AppError('signature_replayed')
  if (client.status !== 'active') throw new AppError('application_disabled')
  return client
}

async function findSigner(deps: Deps, clientId: string): Promise<Signer> {
  const [client] = await selectClientByClientId(deps.db, clientId)
  return { client, secrets: client ? await usableSecrets(deps, client) : [NO_SECRET] }
}

/** The one byte that Workers changes: an apostrophe in a query arrives as `%27`, as the URL standard writes it. */
const withApostrophes = (target: string) => target.replace(/(?<=\?.*)%27/g, "'")
