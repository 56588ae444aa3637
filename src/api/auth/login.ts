/** Password login, and codes and tokens after any login. */
import * as z from 'zod'
import { AppError } from '../../core/errors.ts'
import { exchangeCode } from '../../core/sessions/exchange.ts'
import { grantCode, grantTokens } from '../../core/sessions/login.ts'
import { verifyPasswordLogin } from '../../core/sessions/password-login.ts'
import { refreshSession } from '../../core/sessions/refresh.ts'
import { verifyAccessToken } from '../../core/sessions/token-pair.ts'
import type { Deps } from '../../deps.ts'
import { requireUser } from '../../http/authenticate.ts'
import { operation } from '../../http/operation.ts'
import { createRouter } from '../../http/router.ts'
import { jsonBody } from '../../http/validate.ts'
import { AuthUser, authUser } from './me.ts'
import { CodeResponse, codeChallenge, TokenResponse } from './wire.ts'

const tag = 'auth: login'

const LoginRequest = z.strictObject({
  client_id: z.string(),
  client_secret: z.string().optional(),
  username: z.string(),
  password: z.string(),
})
const CodeLoginRequest = LoginRequest.extend({ codeChallenge: codeChallenge.optional() })
const AuthTokenRequest = z.strictObject({
  code: z.string(),
  clientId: z.string(),
  codeVerifier: z.string().optional(),
})
const RefreshRequest = z.strictObject({ refreshToken: z.string(), tenantId: z.string().optional() })

export const login = createRouter()
  .post(
    '/auth/login',
    operation({ summary: 'Log in for a code', door: 'client', tag, answers: { 200: CodeResponse } }),
    jsonBody(CodeLoginRequest),
    async (c) => {
      const { codeChallenge, ...request } = c.req.valid('json')
      const { settle, ...proved } = await proveByPassword(c.var.deps, request, 'credentials_missing')
      const code = await grantCode(c.var.deps, { ...proved, method: 'password', codeChallenge }, { settle })
      return c.json({ code })
    },
  )

  .post(
    '/auth/login-token',
    operation({ summary: 'Log in for tokens', door: 'client', tag, answers: { 200: TokenResponse } }),
    jsonBody(LoginRequest),
    async (c) => {
      const { settle, ...proved } = await proveByPassword(c.var.deps, c.req.valid('json'), 'credentials_empty')
      return c.json(await grantTokens(c.var.deps, { ...proved, method: 'password' }, { settle }))
    },
  )

  .post(
    '/auth/token',
    operation({ summary: 'A code into tokens', door: 'possession', tag, answers: { 200: TokenResponse } }),
    jsonBody(AuthTokenRequest),
    async (c) => c.json(await exchangeCode(c.var.deps, c.req.valid('json'))),
  )

  .post(
    '/auth/token-refresh',
    operation({ summary: 'The next pair of tokens', door: 'possession', tag, answers: { 200: TokenResponse } }),
    jsonBody(RefreshRequest),
    async (c) => {
      const access = await pairedAccessToken(c.var.deps, c.req.header('authorization'))
      return c.json(await refreshSession(c.var.deps, { ...c.req.valid('json'), access }))
    },
  )

  .post(
    '/auth/switch-token',
    operation({ summary: 'Tokens for another tenant', door: 'bearer', tag, answers: { 200: TokenResponse } }),
    jsonBody(RefreshRequest),
    requireUser,
    async (c) => {
      const { refreshToken, tenantId } = c.req.valid('json')
      if (!tenantId) throw new AppError('tenant_missing')
      return c.json(await refreshSession(c.var.deps, { refreshToken, tenantId, access: c.var.actor.claims }))
    },
  )

  .get(
    '/auth/me',
    operation({ summary: 'Who the token is about', door: 'bearer', tag, answers: { 200: AuthUser } }),
    requireUser,
    (c) => c.json(authUser(c.var.actor.claims)),
  )

/** An empty client id is refused before anything else; what empty credentials are called depends on the route. */
async function proveByPassword(
  deps: Deps,
  { client_id, client_secret, username, password }: z.infer<typeof LoginRequest>,
  ifEmpty: 'credentials_missing' | 'credentials_empty',
) {
  if (!client_id) throw new AppError('client_missing')
  return verifyPasswordLogin(deps, { clientId: client_id, clientSecret: client_secret, username, password, ifEmpty })
}

/** The second word of the header, whatever the first is, as in the original; undefined when it is not ours. */
async function pairedAccessToken(deps: Deps, authorization: string | undefined) {
  const token = authorization?.split(' ')[1]
  if (!token) return undefined
  return verifyAccessToken(deps, token, { expired: true }).catch((error: unknown) => {
    if (error instanceof AppError) return undefined
    throw error
  })
}
