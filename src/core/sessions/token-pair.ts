/**
 * An access token is a signed JWT; a refresh token is `<session>.<generation>.<mac>`. The MAC makes a forged one cost no
 * round trip, and gives a repeated refresh the same successor without anything being stored.
 */
import { errors, type JWK, jwtVerify, SignJWT } from 'jose'
import * as z from 'zod'
import type { Ports } from '../../deps.ts'
import { AppError } from '../errors.ts'
import { keyedDigest, verifyKeyedDigest } from '../vault.ts'
import type { AccessClaims, PersonClaims } from './claims.ts'
import { currentSigningKey, keysKnowing } from './signing-keys.ts'

type Deps = Pick<Ports, 'config' | 'db' | 'log' | 'now'>

export interface TokenPair {
  accessToken: string
  refreshToken: string
  /** Epoch milliseconds at which the access token expires. */
  expires: number
}

export interface Generation {
  sessionId: string
  generation: number
}

const REFRESH_PURPOSE = 'refresh token'
const WireClaims = z.looseObject({
  sub: z.string(),
  sid: z.string(),
  jti: z.string(),
  tenantId: z.string(),
  amr: z.array(z.string()),
})

export const tokenId = ({ sessionId, generation }: Generation) => `${sessionId}.${generation}`

/** Signs the pair of a session's generation. `issuedAt` is when that generation began, so a repetition says the same. */
export async function signTokenPair(
  deps: Deps,
  pair: Generation & { person: PersonClaims; clientId: string; amr: string[]; issuedAt: Date; lifetimeSeconds: number },
): Promise<TokenPair> {
  const { kid, alg, privateKey } = await currentSigningKey(deps)
  const iat = Math.floor(pair.issuedAt.getTime() / 1000)
  const claims: AccessClaims = {
    ...pair.person,
    iss: deps.config.PUBLIC_ORIGIN,
    sub: pair.person.id,
    aud: pair.clientId,
    client_id: pair.clientId,
    amr: pair.amr,
    sid: pair.sessionId,
    jti: tokenId(pair),
    iat,
    exp: iat + pair.lifetimeSeconds,
  }
  return {
    accessToken: await new SignJWT({ ...claims }).setProtectedHeader({ alg, kid, typ: 'at+jwt' }).sign(privateKey),
    refreshToken: `${tokenId(pair)}.${await keyedDigest(deps.config, REFRESH_PURPOSE, tokenId(pair))}`,
    expires: claims.exp * 1000,
  }
}

/**
 * Checks signature, issuer, type and (unless `expired` is fine) time; not revocation.
 * Throws `token_invalid`, whatever the reason.
 */
export async function verifyAccessToken(deps: Deps, token: string, { expired = false } = {}): Promise<AccessClaims> {
  try {
    const { payload } = await jwtVerify(token, (header) => publicKey(deps, header.kid), {
      issuer: deps.config.PUBLIC_ORIGIN,
      typ: 'at+jwt',
      algorithms: ['ES256', 'RS256', 'EdDSA', 'Ed25519'],
      currentDate: expired ? new Date(0) : deps.now(),
    })
    WireClaims.parse(payload)
    // The payload itself: zod would change the order of the members, and with it the text that is sealed.
    return payload as unknown as AccessClaims
  } catch (cause) {
    if (cause instanceof errors.JOSEError || cause instanceof z.ZodError || cause instanceof TypeError)
      throw new AppError('token_invalid', { cause })
    throw cause
  }
}

/** Throws `refresh_expired` for one that we did not make, without asking the store. */
export async function readRefreshToken({ config }: Deps, token: string): Promise<Generation> {
  const [, sessionId = '', generation = '', mac = ''] = /^([\w-]{1,64})\.([1-9]\d{0,8})\.([\w-]{43})$/.exec(token) ?? []
  const ours = await verifyKeyedDigest(config, REFRESH_PURPOSE, `${sessionId}.${generation}`, mac)
  if (!ours) throw new AppError('refresh_expired')
  return { sessionId, generation: Number(generation) }
}

export const generationOf = ({ sid, jti }: AccessClaims): Generation => ({
  sessionId: sid,
  generation: Number(jti.slice(sid.length + 1)),
})

async function publicKey(deps: Deps, kid: string | undefined): Promise<JWK> {
  const jwk = (await keysKnowing(deps, kid)).keys.find((key) => key.kid === kid)
  if (!jwk) throw new errors.JWKSNoMatchingKey()
  return jwk
}
