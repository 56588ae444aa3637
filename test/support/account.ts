/** Clients of the account family: programs with an API key that log people in. */
import assert from 'node:assert/strict'
import type { Answer, App } from './ask.ts'
import { create, type World } from './world.ts'

export interface Envelope {
  success: boolean
  code: number
  message: string
}
export interface LoginAnswer extends Envelope {
  token: string
  expiresIn: number
}
export interface UserAnswer extends Envelope {
  user: Record<string, unknown> & { apiKeys: ApiKey[]; settings: Setting[] }
}
export interface ApiKey {
  id: number
  key: string
}
export interface Setting {
  id: number
  name: string
  value: string
  readOnly: boolean
}

/** One that its owner may change, and one that not. */
export const SETTINGS = [
  {
    category: 'ui',
    group: 'list',
    name: 'rows',
    value: '20',
    type: 'int',
    description: 'Rows of a page',
    readOnly: false,
  },
  { category: 'ui', group: 'list', name: 'plan', value: 'basic', type: 'string', description: '', readOnly: true },
]

const READ_AND_WRITE = 3

/** A key of the world's tenant, or as it is wished for. */
export async function makeKey(app: App, { tenant }: Pick<World, 'tenant'>, wishes: object = {}): Promise<string> {
  const body = { name: 'account', tenantId: tenant.id, permissions: READ_AND_WRITE, ...wishes }
  return (await create<{ key: string }>(app, '/v1/api-keys', body)).key
}

export const withKey = (key: string, token?: string) => ({
  'x-api-key': key,
  ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
})

export function logIn(app: App, key: string, { user }: Pick<World, 'user'>, more: object = {}) {
  const { username, password } = user
  return app.post<LoginAnswer>('/v1/auth/login', { username, password, ...more }, withKey(key))
}

/** Logs in, and answers the headers of whoever did. */
export async function enter(app: App, key: string, world: Pick<World, 'user'>, more: object = {}) {
  const { body, text } = await logIn(app, key, world, more)
  assert.equal(body.success, true, text)
  return withKey(key, body.token)
}

/** The whole failure, to the letter but for the message where none is given. */
export function failsWith(answer: Answer<unknown>, status: number, code: number, more: object = {}): void {
  assert.equal(answer.status, status, answer.text)
  const { message, ...rest } = answer.body as Envelope
  assert.deepEqual(rest, { success: false, code, ...more })
  assert.ok(message)
  assert.equal(answer.headers.get('content-type'), 'application/json; charset=utf-8')
  assert.equal(answer.headers.get('cache-control'), 'no-store')
}

export const NO_TOKEN = { token: '', expiresIn: 0 }
export const NO_USER = { user: null }
