/** A small OAuth server that answers as Facebook and Instagram do: no id token, their own JSON, their own errors. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { randomToken, sha256 } from '../../src/core/crypto.ts'
import { registerSecret } from './secrets.ts'

export interface PlainPerson {
  id: string
  email?: string
  firstName?: string
  lastName?: string
}

export type PlainIdp = Awaited<ReturnType<typeof startPlainIdp>>

const SECRET = 'an application secret of thirty two'

export async function startPlainIdp() {
  const codes = new Map<string, { challenge: string | null; redirectUri: string | null }>()
  const tokens = new Set<string>()
  /** Whoever is logged in at the provider at the moment; nobody agrees to nothing. */
  let person: PlainPerson | undefined

  const server = createServer((request, response) => void answer(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', origin)
    const [, provider, action] = pathname.split('/')
    if (action === 'authorize') return redirectBack(response, searchParams)
    const body = action === 'token' ? await exchange(request, String(provider)) : readUser(request, String(provider))
    response.writeHead(body ? 200 : 400, { 'content-type': 'application/json' })
    response.end(JSON.stringify(body ?? { error: { message: 'Invalid', type: 'OAuthException', code: 190 } }))
  }

  function redirectBack(response: ServerResponse, query: URLSearchParams): void {
    const back = new URL(query.get('redirect_uri') ?? '')
    back.searchParams.set('state', query.get('state') ?? '')
    if (person) {
      const code = randomToken()
      registerSecret(code)
      codes.set(code, { challenge: query.get('code_challenge'), redirectUri: query.get('redirect_uri') })
      back.searchParams.set('code', code)
    } else {
      back.searchParams.set('error', 'access_denied')
      back.searchParams.set('error_reason', 'user_denied')
    }
    response.writeHead(302, { location: back.href }).end()
  }

  async function exchange(request: IncomingMessage, provider: string): Promise<object | undefined> {
    let text = ''
    for await (const chunk of request) text += chunk
    const form = new URLSearchParams(text)
    const code = codes.get(form.get('code') ?? '')
    codes.delete(form.get('code') ?? '')
    const known = form.get('client_id') === `${provider}-client` && form.get('client_secret') === SECRET
    if (!code || !known || form.get('redirect_uri') !== code.redirectUri) return undefined
    if (code.challenge !== null && code.challenge !== (await sha256(form.get('code_verifier') ?? ''))) return undefined
    const token = randomToken()
    registerSecret(token)
    tokens.add(token)
    if (provider === 'facebook') return { access_token: token, token_type: 'bearer', expires_in: 5_184_000 }
    return { data: [{ access_token: token, user_id: person?.id, permissions: 'instagram_business_basic' }] }
  }

  function readUser(request: IncomingMessage, provider: string): object | undefined {
    if (!person || !tokens.has(request.headers.authorization?.split(' ')[1] ?? '')) return undefined
    const { id, email, firstName, lastName } = person
    if (provider === 'facebook') return { id, email, first_name: firstName, last_name: lastName }
    return { user_id: id, name: firstName }
  }

  return {
    origin,
    /** What a connection needs to have this server stand in for the provider. */
    connection: (kind: 'facebook' | 'instagram') => ({
      kind,
      name: kind,
      clientId: `${kind}-client`,
      clientSecret: SECRET,
      endpoints: {
        authorization: `${origin}/${kind}/authorize`,
        token: `${origin}/${kind}/token`,
        userinfo: `${origin}/${kind}/me`,
      },
    }),
    becomes(next: PlainPerson | undefined) {
      person = next
    },
    forgetTokens: () => tokens.clear(),
    stop: () => {
      server.closeAllConnections()
      return new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
