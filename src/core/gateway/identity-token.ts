/** `imid_token`: says once, within a minute, to the gateway only, who has logged in. */
import { errors, type JWK, jwtVerify, SignJWT } from 'jose'
import * as z from 'zod'
import type { Principal } from '../../db/principals.ts'
import type { Deps } from '../../deps.ts'
import { AppError } from '../errors.ts'
import { currentSigningKey, keysKnowing } from '../sessions/signing-keys.ts'

export const AUDIENCE = 'imsg-service'
export const IMID_LIFETIME_SECONDS = 60

const Claims = z.object({
  sub: z.string(),
  jti: z.string(),
  org: z.string(),
  txn: z.string(),
  ntt: z.literal('id_token'),
})
export type IdentityClaims = z.infer<typeof Claims>

interface Identity {
  principal: Principal
  jti: string
  /** Digest of the secret in the browser's cookie. */
  txn: string
  groups: string[]
}

export async function signIdentityToken(deps: Deps, { principal, jti, txn, groups }: Identity): Promise<string> {
  const { user, tenant } = principal
  const { kid, alg, privateKey } = await currentSigningKey(deps)
  const iat = Math.floor(deps.now().getTime() / 1000)
  const { image } = user.profile
  const userinfo = {
    given_name: user.firstName ?? undefined,
    family_name: user.lastName ?? undefined,
    email: user.email ?? undefined,
    picture: typeof image === 'string' && image.startsWith('https:') ? image : undefined,
  }
  return new SignJWT({ org: tenant?.key, ntt: 'id_token', groups, userinfo, txn })
    .setProtectedHeader({ alg, kid, typ: 'JWT' })
    .setIssuer(deps.config.PUBLIC_ORIGIN)
    .setAudience(AUDIENCE)
    .setSubject(user.id)
    .setJti(jti)
    .setIssuedAt(iat)
    .setExpirationTime(iat + IMID_LIFETIME_SECONDS)
    .sign(privateKey)
}

/** Throws `forbidden` for anything but a token of ours for the gateway, in time. */
export async function verifyIdentityToken(deps: Deps, token: string): Promise<IdentityClaims> {
  try {
    const { payload } = await jwtVerify(token, (header) => publicKey(deps, header.kid), {
      issuer: deps.config.PUBLIC_ORIGIN,
      audience: AUDIENCE,
      typ: 'JWT',
      algorithms: ['ES256', 'RS256', 'EdDSA', 'Ed25519'],
      requiredClaims: ['exp', 'iat'],
      currentDate: deps.now(),
    })
    return Claims.parse(payload)
  } catch (cause) {
    const refused = cause instanceof errors.JOSEError || cause instanceof z.ZodError || cause instanceof TypeError
    throw refused ? new AppError('forbidden', { cause }) : cause
  }
}

async function publicKey(deps: Deps, kid: string | undefined): Promise<JWK> {
  const jwk = (await keysKnowing(deps, kid)).keys.find((key) => key.kid === kid)
  if (!jwk) throw new errors.JWKSNoMatchingKey()
  return jwk
}
