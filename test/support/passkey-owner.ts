/** People who enrol passkeys and log in with them. */
import assert from 'node:assert/strict'
import type { App } from './ask.ts'
import { type Lies, makePasskey, type Passkey } from './passkey.ts'
import { bearer, getTokens, makeWorld, type Tokens, type World } from './world.ts'

export interface Options {
  challenge: string
  user: { id: string; name: string }
  rp: { id: string }
  excludeCredentials: { id: string }[]
}

export async function signedIn(app: App): Promise<{ world: World; tokens: Tokens }> {
  const world = await makeWorld(app)
  return { world, tokens: await getTokens(app, world) }
}

export const options = async (app: App, tokens: Tokens) =>
  (await app.post<Options>('/auth/passkeys/options', {}, bearer(tokens))).body

export async function enrol(app: App, tokens: Tokens, name = 'Laptop'): Promise<Passkey> {
  const passkey = await makePasskey()
  const response = passkey.create(await options(app, tokens))
  const { status, body, text } = await app.post('/auth/passkeys', { name, response }, bearer(tokens))
  assert.equal(status, 200, text)
  assert.deepEqual(body, { id: passkey.id })
  return passkey
}

export const challenge = async (app: App) =>
  (await app.post<{ challenge: string }>('/auth/passkey-login/options', {})).body

export async function logIn(app: App, { client }: World, passkey: Passkey, lies: Lies = {}) {
  const response = await passkey.get(await challenge(app), lies)
  const { clientId: client_id, clientSecret: client_secret } = client
  return app.post<{ code: string }>('/auth/passkey-login', { client_id, client_secret, response })
}

export function isRefused({ status, body }: { status: number; body: unknown }, message = 'Invalid Credentials') {
  assert.equal(status, 401)
  assert.deepEqual(body, { error: { statusCode: 401, name: 'UnauthorizedError', message: { message } } })
}
