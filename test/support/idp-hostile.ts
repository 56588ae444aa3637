/** An OpenID provider that answers whatever a test wants it to, the right thing unless told otherwise. */
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { randomToken } from '../../src/core/crypto.ts'
import { registerSecret } from './secrets.ts'
import type { Service } from './service.ts'

export interface Wishes {
  /** Over the right claims; undefined leaves one out. */
  claims?: Record<string, unknown>
  /** Makes the id token instead; it gets the claims. */
  sign?: (claims: JWTPayload) => string | Promise<string>
  /** Over the token answer. */
  answer?: Record<string, unknown>
  /** Answers the request for this path instead. */
  instead?: Record<string, (response: ServerResponse) => void>
}

export type HostileIdp = Awaited<ReturnType<typeof startHostileIdp>>

const ALG = 'ES256'

/** It keeps the time of the service that it is tested against. */
export async function startHostileIdp({ now: time }: Pick<Service, 'now'>) {
  let wishes: Wishes = {}
  let key = await newKey('first')
  /** What is published; not always what signs. */
  let published = [key.jwk]
  const asked: Record<string, number> = {}

  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', issuer)
    asked[pathname] = (asked[pathname] ?? 0) + 1
    const instead = wishes.instead?.[pathname]
    if (instead) return instead(response)
    const body = await bodyOf(pathname)
    response.writeHead(body ? 200 : 404, { 'content-type': 'application/json' })
    response.end(JSON.stringify(body ?? {}))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://localhost:${(server.address() as AddressInfo).port}`

  async function bodyOf(pathname: string): Promise<object | undefined> {
    switch (pathname) {
      case '/.well-known/openid-configuration':
        return {
          issuer,
          authorization_endpoint: `${issuer}/authorize`,
          token_endpoint: `${issuer}/token`,
          jwks_uri: `${issuer}/jwks`,
          userinfo_endpoint: `${issuer}/userinfo`,
          id_token_signing_alg_values_supported: [ALG, 'HS256', 'none'],
        }
      case '/jwks':
        return { keys: published }
      case '/token':
        return tokenAnswer()
      default:
        return undefined
    }
  }

  async function tokenAnswer() {
    const accessToken = randomToken()
    registerSecret(accessToken)
    const now = Math.floor(time().getTime() / 1000)
    const claims = { iss: issuer, aud: 'hostile-client', iat: now, exp: now + 300, ...wishes.claims }
    const payload = JSON.parse(JSON.stringify(claims)) as JWTPayload
    const idToken = await (wishes.sign ?? sign)(payload)
    return { access_token: accessToken, token_type: 'Bearer', expires_in: 300, id_token: idToken, ...wishes.answer }
  }

  const sign = (claims: JWTPayload) =>
    new SignJWT(claims).setProtectedHeader({ alg: ALG, kid: key.jwk.kid }).sign(key.privateKey)

  return {
    issuer,
    asked,
    publicJwk: () => key.jwk,
    connection: { kind: 'oidc', name: 'Hostile', clientId: 'hostile-client', clientSecret: 'a hostile secret', issuer },
    wish(next: Wishes) {
      wishes = next
    },
    /** Signs with a new key from now on; published at once, or not at all. */
    async rotate(kid: string, { publish = true } = {}) {
      key = await newKey(kid)
      if (publish) published = [key.jwk]
    },
    stop: () => {
      server.closeAllConnections()
      return new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

async function newKey(kid: string) {
  const { privateKey, publicKey } = await generateKeyPair(ALG)
  return { privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: ALG, use: 'sig' } }
}
