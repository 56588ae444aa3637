/** Passkeys: a signed-in person's own, and logging in with one. The answers' shapes are those of WebAuthn in JSON. */
import * as z from 'zod'
import { logInByPasskey } from '../../core/credentials/passkey-login.ts'
import { startPasskeyLogin } from '../../core/credentials/passkey-proof.ts'
import { finishEnrolment, listPasskeys, removePasskey, startEnrolment } from '../../core/credentials/passkeys.ts'
import { requireUser } from '../../http/authenticate.ts'
import { name } from '../../http/fields.ts'
import { operation } from '../../http/operation.ts'
import { createRouter } from '../../http/router.ts'
import { jsonBody } from '../../http/validate.ts'
import { PasskeyAssertion, PasskeyCreated } from '../../http/webauthn.ts'
import { CodeResponse, codeChallenge } from './wire.ts'

const tag = 'auth: passkeys'

const Options = z.looseObject({ challenge: z.string() })
const Passkey = z.object({
  id: z.string(),
  name: z.string(),
  /** Kept by its provider for all of the person's devices. */
  synced: z.boolean(),
  createdAt: z.iso.datetime(),
  lastUsedAt: z.iso.datetime().nullable(),
})
const Enrolled = Passkey.pick({ id: true })

const Nothing = z.strictObject({})
const Enrolment = z.strictObject({ name, response: PasskeyCreated })
const PasskeyLogin = z.strictObject({
  client_id: z.string(),
  client_secret: z.string().optional(),
  codeChallenge: codeChallenge.optional(),
  response: PasskeyAssertion,
})

export const passkeys = createRouter()
  .post(
    '/auth/passkeys/options',
    operation({ summary: 'What a browser needs to make a passkey', door: 'bearer', tag, answers: { 200: Options } }),
    jsonBody(Nothing),
    requireUser,
    async (c) => {
      const { actor, deps } = c.var
      return c.json({ ...(await startEnrolment(deps, { ...actor, username: actor.claims.username })) })
    },
  )

  .post(
    '/auth/passkeys',
    operation({ summary: 'Enrol a passkey', door: 'bearer', tag, answers: { 200: Enrolled } }),
    jsonBody(Enrolment),
    requireUser,
    async (c) => c.json({ id: await finishEnrolment(c.var.deps, c.var.actor, c.req.valid('json')) }),
  )

  .get(
    '/auth/passkeys',
    operation({ summary: 'One’s own passkeys', door: 'bearer', tag, answers: { 200: z.array(Passkey) } }),
    requireUser,
    async (c) => {
      const own = await listPasskeys(c.var.deps, c.var.actor)
      return c.json(
        own.map(({ id, name, synced, createdAt, lastUsedAt }) => ({ id, name, synced, createdAt, lastUsedAt })),
      )
    },
  )

  .delete(
    '/auth/passkeys/:id',
    operation({
      summary: 'Remove a passkey, unless it is the last way in',
      door: 'bearer',
      tag,
      answers: { 204: 'Removed' },
    }),
    requireUser,
    async (c) => {
      await removePasskey(c.var.deps, c.var.actor, c.req.param('id'))
      return c.body(null, 204)
    },
  )

  .post(
    '/auth/passkey-login/options',
    operation({ summary: 'What a browser needs to ask for a passkey', door: 'open', tag, answers: { 200: Options } }),
    jsonBody(Nothing),
    async (c) => c.json({ ...(await startPasskeyLogin(c.var.deps)) }),
  )

  .post(
    '/auth/passkey-login',
    operation({ summary: 'Log in with a passkey for a code', door: 'client', tag, answers: { 200: CodeResponse } }),
    jsonBody(PasskeyLogin),
    async (c) => {
      const { client_id, client_secret, ...login } = c.req.valid('json')
      const code = await logInByPasskey(c.var.deps, { ...login, clientId: client_id, clientSecret: client_secret })
      return c.json({ code })
    },
  )
