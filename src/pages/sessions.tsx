/** @jsxImportSource hono/jsx */
/** One's own sessions, for somebody with a session of the gateway: to see, and to end. */
import * as z from 'zod'
import { endOtherSessions, endOwnSession, listOwnSessions } from '../core/sessions/own-sessions.ts'
import { operation } from '../http/operation.ts'
import { createRouter } from '../http/router.ts'
import { requireSameOrigin } from '../http/same-site.ts'
import { clearSessionCookie } from '../http/session-cookie.ts'
import { formBody } from '../http/validate.ts'
import { renderHosted, renderNotice } from './hosted.tsx'
import { type PersonFrame, PersonPages, withPerson } from './person-frame.tsx'
import { Sessions } from './session-list.tsx'

const page = (summary: string) =>
  operation({ summary, door: 'session', tag: 'pages', answers: { 200: 'A page', 303: 'Back to the list' } })

export const sessionsPage = createRouter()
  .get('/sessions', page('One’s own sessions'), (c) => withPerson(c, show))

  .post(
    '/sessions/end',
    page('End a session'),
    requireSameOrigin,
    formBody(z.object({ id: z.string().max(100) })),
    (c) =>
      withPerson(c, async (frame) => {
        const { id } = c.req.valid('form')
        await endOwnSession(c.var.deps, frame.person, id)
        return id === frame.person.sessionId ? leave(frame) : c.redirect('/sessions', 303)
      }),
  )

  .post('/sessions/end-others', page('End all other sessions'), requireSameOrigin, (c) =>
    withPerson(c, async ({ person }) => {
      await endOtherSessions(c.var.deps, person)
      return c.redirect('/sessions', 303)
    }),
  )

async function show({ c, person, lang, words }: PersonFrame) {
  const sessions = await listOwnSessions(c.var.deps, person)
  const { branding } = person.tenant
  return renderHosted(
    c,
    { title: words.sessionsTitle, lang, brand: branding },
    <>
      <p class="muted">{words.sessionsIntro(person.username, branding.name)}</p>
      <Sessions {...{ sessions, lang, words }} brand={branding.name} />
      <PersonPages here="/sessions" words={words} />
    </>,
  )
}

function leave({ c, person, lang, words }: PersonFrame) {
  clearSessionCookie(c)
  return renderNotice(c, { title: words.loggedOutTitle, lang, brand: person.tenant.branding }, words.loggedOut)
}
