/** Every provider as data: where its routes are, how it is asked, how its answers read. The engine knows no names. */
import * as z from 'zod'
import { CONNECTION_KINDS, type ConnectionKind, ENDPOINT_NAMES, type EndpointName } from '../../db/schema.ts'
import { Email, Name, type Profile, Subject } from './profile.ts'

export { CONNECTION_KINDS, ENDPOINT_NAMES }

export type ProviderName = Exclude<ConnectionKind, 'saml'>

/** For providers without id tokens: fixed endpoints, and how their own JSON reads. */
export interface PlainOAuth {
  endpoints: Partial<Record<EndpointName, string>>
  tokens: z.ZodType<{ accessToken: string; expiresIn: number | undefined }>
  profile: z.ZodType<Profile>
  /** How the user endpoint says that a token is good no more, beside status 401. */
  tokenRefused: z.ZodType
}

export interface Provider {
  title: string
  paths: { start: string; callback: string }
  /** The documented GET that also starts: kept for compatibility. */
  startsByGet: boolean
  /** How the browser comes back. A `form_post` is cross-site, so that only a SameSite=None cookie comes with it. */
  callback: 'query' | 'form_post'
  /** The person's name comes beside the code instead of in the claims. */
  postsName: boolean
  /** Null: the connection names it, or there is none. With an issuer a provider is spoken to in OpenID Connect. */
  issuer: string | null
  scopes: string[]
  authorizeParameters: Record<string, string>
  pkce: boolean
  /** Where the token endpoint looks for the client's secret first. */
  secretIn: 'body' | 'header'
  /** The claims that make an address vouched for; any of them will do. */
  emailVouchers: string[]
  groupClaims: string[]
  plain: PlainOAuth | null
  /** How the provider is told of a logout: RFC 7009, or Keycloak's end of the session behind a refresh token. */
  logout: 'revocation' | 'end-session' | 'none'
}

export const OPENID_SCOPES = ['openid', 'email', 'profile']

const STANDARD = {
  startsByGet: false,
  callback: 'query',
  postsName: false,
  issuer: null,
  scopes: OPENID_SCOPES,
  authorizeParameters: {},
  pkce: true,
  secretIn: 'header',
  emailVouchers: ['email_verified'],
  groupClaims: ['groups'],
  plain: null,
  logout: 'none',
} as const satisfies Partial<Provider>

const expiresIn = z.coerce.number().positive().optional().catch(undefined)
const bare = { groups: null, emailVouched: false, email: null, firstName: null, lastName: null }
/** Of Meta's error codes, the one for a token that is expired, revoked or foreign. */
const MetaTokenRefused = z.object({ error: z.object({ code: z.literal(190) }) })

export const PROVIDERS: Record<ProviderName, Provider> = {
  google: {
    ...STANDARD,
    title: 'Google',
    paths: { start: '/auth/google', callback: '/auth/google-auth-redirect' },
    startsByGet: true,
    issuer: 'https://accounts.google.com',
    authorizeParameters: { access_type: 'offline' },
    secretIn: 'body',
    logout: 'revocation',
  },
  apple: {
    ...STANDARD,
    title: 'Apple',
    paths: { start: '/auth/oauth-apple', callback: '/auth/apple-oauth-redirect' },
    callback: 'form_post',
    postsName: true,
    issuer: 'https://appleid.apple.com',
    scopes: ['openid', 'name', 'email'],
    authorizeParameters: { response_mode: 'form_post' },
    secretIn: 'body',
  },
  azure: {
    ...STANDARD,
    title: 'Microsoft',
    paths: { start: '/auth/azure', callback: '/auth/azure-oauth-redirect' },
    startsByGet: true,
    scopes: ['openid', 'email', 'profile', 'offline_access'],
    secretIn: 'body',
    // Entra's own word for it: whoever owns the domain of the address runs the directory.
    emailVouchers: ['email_verified', 'xms_edov'],
    groupClaims: ['groups', 'roles'],
  },
  facebook: {
    ...STANDARD,
    title: 'Facebook',
    paths: { start: '/auth/facebook', callback: '/auth/facebook-auth-redirect' },
    scopes: ['email', 'public_profile'],
    secretIn: 'body',
    plain: {
      endpoints: {
        authorization: 'https://www.facebook.com/v23.0/dialog/oauth',
        token: 'https://graph.facebook.com/v23.0/oauth/access_token',
        userinfo: 'https://graph.facebook.com/v23.0/me?fields=id,email,first_name,last_name',
      },
      tokens: z
        .object({ access_token: z.string().min(1), expires_in: expiresIn })
        .transform((answer) => ({ accessToken: answer.access_token, expiresIn: answer.expires_in })),
      // Facebook gives only addresses that were confirmed to it.
      profile: z
        .object({ id: Subject, email: Email, first_name: Name, last_name: Name })
        .transform(({ id, email, first_name, last_name }) => ({
          ...bare,
          subject: id,
          email,
          emailVouched: email !== null,
          firstName: first_name,
          lastName: last_name,
        })),
      tokenRefused: MetaTokenRefused,
    },
  },
  instagram: {
    ...STANDARD,
    title: 'Instagram',
    paths: { start: '/auth/instagram', callback: '/auth/instagram-auth-redirect' },
    scopes: ['instagram_business_basic'],
    pkce: false,
    secretIn: 'body',
    plain: {
      endpoints: {
        authorization: 'https://www.instagram.com/oauth/authorize',
        token: 'https://api.instagram.com/oauth/access_token',
        userinfo: 'https://graph.instagram.com/v23.0/me?fields=user_id,name',
      },
      tokens: firstOf(z.object({ access_token: z.string().min(1), expires_in: expiresIn })).transform((answer) => ({
        accessToken: answer.access_token,
        expiresIn: answer.expires_in,
      })),
      profile: firstOf(z.object({ user_id: Subject, name: Name })).transform(({ user_id, name }) => ({
        ...bare,
        subject: user_id,
        firstName: name,
      })),
      tokenRefused: MetaTokenRefused,
    },
  },
  keycloak: {
    ...STANDARD,
    title: 'Keycloak',
    paths: { start: '/auth/keycloak', callback: '/auth/keycloak-auth-redirect' },
    startsByGet: true,
    logout: 'end-session',
  },
  cognito: {
    ...STANDARD,
    title: 'Cognito',
    paths: { start: '/auth/cognito', callback: '/auth/cognito-auth-redirect' },
    startsByGet: true,
    groupClaims: ['cognito:groups'],
  },
  oidc: {
    ...STANDARD,
    title: 'OpenID Connect',
    paths: { start: '/auth/oidc', callback: '/auth/oidc-auth-redirect' },
  },
}

/** Instagram's newer answers wrap the one object in a list. */
function firstOf<Item extends z.ZodType>(item: Item) {
  return z.union([z.object({ data: z.tuple([item]) }).transform(({ data }) => data[0]), item])
}
