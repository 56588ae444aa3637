/** What somebody proves to be themselves with, or gets a new password or an account by. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import type { App } from '../support/ask.ts'
import { codeAt, scan } from '../support/authenticator-app.ts'
import { oneTimeCodes } from '../support/one-time-codes.ts'
import { challenge, enrol, signedIn } from '../support/passkey-owner.ts'
import { getCode, makeWorld } from '../support/world.ts'
import { type Race, type Thing, wonWith } from './race.ts'

const STEP_MS = 30_000
/** Five wrong codes in a quarter of an hour are looked at, and the same code again is a wrong one. */
const WRONG_OR_TOO_MANY = [401, 429]
const PASSWORD = 'a fine long password'

const tokenIn = async (app: App, to: string) => {
  const [letter] = await app.outbox(to)
  return new URL(letter?.links[0] ?? 'x:').searchParams.get('token') ?? ''
}

/** Somebody whose login waits for a second factor, with an authenticator app and recovery codes. */
async function withApp(app: App) {
  const world = await makeWorld(app, { tenant: { secondFactor: 'required' } })
  const { verify } = oneTimeCodes(() => app)
  const code = await getCode(app, world)
  const { body } = await app.post<{ qrCode: string }>('/auth/create-qr-code', { code, clientId: world.client.clientId })
  const uri = scan(body.qrCode)
  const confirmed = await verify(world, codeAt(uri, app.now()))
  assert.equal(confirmed.status, 200, confirmed.text)
  await getCode(app, world)
  const race = (otp: string): Race => ({
    send: () => verify(world, otp),
    prize: wonWith(200, 'code'),
    refusals: WRONG_OR_TOO_MANY,
  })
  return { uri, recoveryCodes: confirmed.body.recoveryCodes ?? [], race }
}

export const CREDENTIALS: Thing[] = [
  {
    name: 'one-time code',
    async prepare(app) {
      const world = await makeWorld(app)
      const { send, verify, sentCode } = oneTimeCodes(() => app)
      await send(world)
      const code = await sentCode(world)
      return { send: () => verify(world, code), prize: wonWith(200, 'code'), refusals: WRONG_OR_TOO_MANY }
    },
  },
  {
    name: 'authenticator time step',
    async prepare(app) {
      const { uri, race } = await withApp(app)
      return race(codeAt(uri, new Date(app.now().getTime() + STEP_MS)))
    },
  },
  {
    name: 'recovery code',
    async prepare(app) {
      const { recoveryCodes, race } = await withApp(app)
      return race(recoveryCodes[0] ?? '')
    },
  },
  {
    name: 'reset link',
    async prepare(app) {
      const { client, user } = await makeWorld(app)
      const caller = { client_id: client.clientId, client_secret: client.clientSecret }
      await app.post('/auth/forget-password', { ...caller, username: user.username })
      const token = await tokenIn(app, user.email)
      return {
        send: () => app.patch('/auth/reset-password', { ...caller, token, password: PASSWORD }),
        prize: wonWith(204),
        refusals: [401],
        afterwards: () => hasAudit(app, user.id, 'user.password.reset'),
      }
    },
  },
  {
    name: 'sign-up link',
    async prepare(app) {
      const { tenant } = await makeWorld(app, { tenant: { signUp: { mode: 'open' } } })
      const email = `eve.${randomBytes(6).toString('hex')}@example.com`
      await app.post('/auth/sign-up/create-token', { email, data: { tenant: tenant.key } })
      const headers = { authorization: `Bearer ${await tokenIn(app, email)}` }
      return {
        send: () => app.post('/auth/sign-up/create-user', { email, password: PASSWORD }, headers),
        prize: wonWith(200),
        refusals: [401, 409],
        afterwards: async () => {
          const users = await app.rows('select id from users where email_key = ?', email)
          assert.equal(users.length, 1, 'accounts')
          await hasAudit(app, String(users[0]?.['id']), 'user.sign-up')
        },
      }
    },
  },
  {
    name: 'passkey challenge',
    async prepare(app) {
      const { world, tokens } = await signedIn(app)
      const passkey = await enrol(app, tokens)
      const { clientId: client_id, clientSecret: client_secret } = world.client
      const body = { client_id, client_secret, response: await passkey.get(await challenge(app)) }
      return { send: () => app.post('/auth/passkey-login', body), prize: wonWith(200, 'code'), refusals: [401] }
    },
  },
]

async function hasAudit(app: App, userId: string, action: string): Promise<void> {
  const rows = await app.rows('select id from audit where target_id = ? and action = ?', userId, action)
  assert.equal(rows.length, 1, `${action} in the audit`)
}
