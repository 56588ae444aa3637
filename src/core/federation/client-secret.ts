/** What we prove to a provider who we are with: the connection's secret, or for Apple a JWT that we sign. */
import { importPKCS8, SignJWT } from 'jose'
import type { Connection } from '../../db/connections.ts'
import type { Deps } from '../../deps.ts'
import { unseal } from '../vault.ts'

/** Apple accepts up to six months; ours is used at once. */
const LIFETIME_SECONDS = 300

export const clientSecretIdentity = (connectionId: string) => `connections.client_secret:${connectionId}`
export const samlKeyIdentity = (connectionId: string) => `connections.saml_key:${connectionId}`

/** Undefined for a connection without a secret. `audience` is the provider's issuer. */
export async function clientSecretOf(
  { config, now }: Pick<Deps, 'config' | 'now'>,
  { id, clientId, clientSecret, apple }: Connection,
  audience: string,
): Promise<string | undefined> {
  if (clientSecret === null) return undefined
  const secret = await unseal(config, clientSecretIdentity(id), clientSecret)
  if (!apple) return secret
  const issuedAt = Math.floor(now().getTime() / 1000)
  return new SignJWT()
    .setProtectedHeader({ alg: 'ES256', kid: apple.keyId })
    .setIssuer(apple.teamId)
    .setSubject(clientId ?? '')
    .setAudience(audience)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + LIFETIME_SECONDS)
    .sign(await importPKCS8(secret, 'ES256'))
}
