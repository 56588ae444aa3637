/** A real OpenID provider on localhost that stands in for those who speak OpenID Connect. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportPKCS8, generateKeyPair, jwtVerify } from 'jose'
import Provider, { type ClientMetadata, type Configuration } from 'oidc-provider'
import { PROVIDERS, type ProviderName } from '../../src/core/federation/providers.ts'
import { registerSecret } from './secrets.ts'
import { ORIGIN } from './variables.ts'

/** All but the one that has no such provider in life either. */
const STAND_INS = [
  'google',
  'apple',
  'azure',
  'facebook',
  'keycloak',
  'cognito',
  'oidc',
] as const satisfies ProviderName[]
export type StandIn = (typeof STAND_INS)[number]

const SECRET = 'a secret of the provider, 32 chars long'
const APPLE = { teamId: 'TEAM123456', keyId: 'KEY1234567' }

/** Whoever logs in by the name of a subject gets these claims. */
type People = Map<string, Record<string, unknown>>

export type Idp = Awaited<ReturnType<typeof startIdp>>

/** `origin` is where the service is reached; a browser takes a provider at 127.0.0.1 for another site than localhost. */
export async function startIdp({ origin = ORIGIN, host = 'localhost' } = {}) {
  const people: People = new Map()
  const server = createServer((request, response) => handle(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://${host}:${(server.address() as AddressInfo).port}`
  const provider = new Provider(issuer, configuration(people, origin))
  const appleKey = await generateKeyPair('ES256', { extractable: true })
  const serve = provider.callback()
  const posts: string[] = []
  /** Whose they are. */
  const grants = new Map<string, string>()
  const refreshTokens = new Map<string, Set<string>>()

  for (const kind of ['access_token', 'refresh_token'] as const)
    provider.on(`${kind}.saved` as 'refresh_token.saved', ({ jti, grantId, accountId }) => {
      registerSecret(jti)
      grants.set(grantId ?? '', accountId)
      if (kind === 'refresh_token') refreshTokens.set(accountId, (refreshTokens.get(accountId) ?? new Set()).add(jti))
    })

  async function handle(request: IncomingMessage, response: ServerResponse) {
    const { pathname } = new URL(request.url ?? '/', issuer)
    if (request.method !== 'POST' || !['/token', '/keycloak/logout'].includes(pathname)) return serve(request, response)
    const body = new URLSearchParams(await textOf(request))
    posts.push(pathname)
    if (pathname === '/token') await acceptApple(body)
    // The provider takes a body that was read before it.
    Object.assign(request, { body: Object.fromEntries(body) })
    if (pathname === '/token') return serve(request, response)
    const known = await endKeycloakSession(request, body)
    response.writeHead(known ? 204 : 400).end()
  }

  /** Apple's client secret is a JWT; behind it the provider knows a plain one. */
  async function acceptApple(body: URLSearchParams) {
    if (body.get('client_id') !== 'apple-client') return
    const given = await jwtVerify(body.get('client_secret') ?? '', appleKey.publicKey, {
      issuer: APPLE.teamId,
      audience: issuer,
      subject: 'apple-client',
      algorithms: ['ES256'],
    }).catch(() => undefined)
    if (given?.protectedHeader.kid === APPLE.keyId) body.set('client_secret', SECRET)
  }

  /** What Keycloak's end-session endpoint does with a refresh token and the client's credentials. */
  async function endKeycloakSession(request: IncomingMessage, body: URLSearchParams): Promise<boolean> {
    const [, basic = ''] = request.headers.authorization?.split(' ') ?? []
    const given = new URLSearchParams(Buffer.from(basic, 'base64').toString().replace(':', '='))
    if (given.get('keycloak-client') !== SECRET) return false
    const token = await provider.RefreshToken.find(body.get('refresh_token') ?? '')
    await token?.destroy()
    return token !== undefined
  }

  return {
    issuer,
    people,
    provider,
    /** The paths that were posted to. */
    posts,
    apple: APPLE,
    applePrivateKey: await exportPKCS8(appleKey.privateKey),
    /** Somebody new at the provider; what is undefined is not said. */
    newPerson(claims: Record<string, unknown> = {}): { subject: string; email: string } {
      const subject = `person-${Date.now()}-${people.size}`
      const email = `${subject}@example.com`
      people.set(subject, { email, email_verified: true, given_name: 'Grace', family_name: 'Hopper', ...claims })
      return { subject, email }
    },
    /** What a connection needs to have this provider stand in for another. */
    connection: async (kind: StandIn) => ({
      kind,
      name: PROVIDERS[kind].title,
      clientId: `${kind}-client`,
      issuer,
      ...(kind === 'apple'
        ? { clientSecret: await exportPKCS8(appleKey.privateKey), apple: APPLE }
        : { clientSecret: SECRET }),
      ...(kind === 'keycloak' ? { endpoints: { endSession: `${issuer}/keycloak/logout` } } : {}),
    }),
    /** Takes back everything that this person's logins were given. */
    async revoke(subject: string) {
      for (const grantId of grantsOf(subject)) await provider.AccessToken.revokeByGrantId(grantId)
      for (const grantId of grantsOf(subject)) await provider.RefreshToken.revokeByGrantId(grantId)
    },
    /** Whether a refresh token of this person is still good. */
    async knowsTokensOf(subject: string): Promise<boolean> {
      return (
        await Promise.all([...(refreshTokens.get(subject) ?? [])].map((token) => provider.RefreshToken.find(token)))
      ).some((found) => found?.isValid)
    },
    stop: () => {
      server.closeAllConnections()
      return new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }

  function grantsOf(subject: string): string[] {
    return [...grants].filter(([, owner]) => owner === subject).map(([grantId]) => grantId)
  }
}

function configuration(people: People, origin: string): Configuration {
  return {
    clients: STAND_INS.map((kind) => toClient(kind, origin)),
    claims: {
      openid: ['sub'],
      email: ['email', 'email_verified', 'xms_edov'],
      profile: ['name', 'given_name', 'family_name', 'groups', 'roles', 'cognito:groups'],
    },
    scopes: ['openid', 'offline_access', 'email', 'profile', 'name'],
    findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ ...people.get(sub), sub }) }),
    features: {
      devInteractions: { enabled: true },
      revocation: { enabled: true, allowedPolicy: () => true },
      introspection: { enabled: true },
    },
    issueRefreshToken: () => true,
    rotateRefreshToken: () => true,
    ttl: {
      AccessToken: 3600,
      AuthorizationCode: 60,
      Grant: 86_400,
      IdToken: 3600,
      Interaction: 600,
      RefreshToken: 86_400,
      Session: 86_400,
    },
    pkce: { required: () => false },
    cookies: { keys: ['keys of a provider in a test'] },
  }
}

function toClient(kind: StandIn, origin: string): ClientMetadata {
  return {
    client_id: `${kind}-client`,
    client_secret: SECRET,
    redirect_uris: [`${origin}${PROVIDERS[kind].paths.callback}`],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: kind === 'apple' ? 'client_secret_post' : 'client_secret_basic',
    scope: 'openid offline_access email profile name',
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}
