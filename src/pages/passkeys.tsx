/** @jsxImportSource hono/jsx */
/** One's own passkeys, for somebody with a session of the gateway: to see, to add, to remove. */
import * as z from 'zod'
import { finishEnrolment, listPasskeys, removePasskey, startEnrolment } from '../core/credentials/passkeys.ts'
import { AppError } from '../core/errors.ts'
import { name } from '../http/fields.ts'
import { operation } from '../http/operation.ts'
import { createRouter } from '../http/router.ts'
import { requireSameOrigin } from '../http/same-site.ts'
import { formBody } from '../http/validate.ts'
import { ofForm, PasskeyCreated } from '../http/webauthn.ts'
import { renderHosted } from './hosted.tsx'
import { Passkeys } from './passkey-list.tsx'
import { type PersonFrame, PersonPages, withPerson } from './person-frame.tsx'

const scripts = ['simplewebauthn.js', 'enrol-passkey.js'] as const
const page = (summary: string) =>
  operation({ summary, door: 'session', tag: 'pages', answers: { 200: 'A page', 303: 'Back to the list' } })

export const passkeysPage = createRouter()
  .get('/passkeys', page('One’s own passkeys'), (c) => withPerson(c, show))

  .post(
    '/passkeys',
    page('Add a passkey'),
    requireSameOrigin,
    formBody(z.object({ name: z.string().trim().pipe(name), response: ofForm(PasskeyCreated) })),
    (c) =>
      withPerson(c, (frame) => change(frame, () => finishEnrolment(c.var.deps, frame.person, c.req.valid('form')))),
  )

  .post(
    '/passkeys/remove',
    page('Remove a passkey'),
    requireSameOrigin,
    formBody(z.object({ id: z.string().max(1400) })),
    (c) =>
      withPerson(c, (frame) => change(frame, () => removePasskey(c.var.deps, frame.person, c.req.valid('form').id))),
  )

/** Back to the list, or the list again with what was wrong. */
async function change(frame: PersonFrame, work: () => Promise<unknown>): Promise<Response> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof AppError) || (error.code !== 'conflict' && error.code !== 'passkey_invalid')) throw error
    frame.c.status(422)
    return show(frame, error.code === 'conflict' ? frame.words.passkeyLast : frame.words.passkeyRefused)
  }
  return frame.c.redirect('/passkeys', 303)
}

async function show({ c, person, lang, words }: PersonFrame, problem?: string): Promise<Response> {
  const passkeys = await listPasskeys(c.var.deps, person)
  const options = await startEnrolment(c.var.deps, person)
  const hosted = { title: words.passkeysTitle, lang, brand: person.tenant.branding, scripts }
  return renderHosted(
    c,
    hosted,
    <>
      <Passkeys {...{ passkeys, options, lang, words, problem }} username={person.username} />
      <PersonPages here="/passkeys" words={words} />
    </>,
  )
}
