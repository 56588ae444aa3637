/** @jsxImportSource hono/jsx */
/** An authenticator app in the middle of a login, for somebody who must have a second factor. */
import * as z from 'zod'
import { confirmApp, goOnWithApp, offerApp } from '../core/gateway/enrolment.ts'
import { operation } from '../http/operation.ts'
import { createRouter } from '../http/router.ts'
import { requireSameOrigin } from '../http/same-site.ts'
import { formBody, needed, validate } from '../http/validate.ts'
import { Alert, Field } from './hosted.tsx'
import { type Frame, problemOf, renderStep, withFlow } from './login-frame.tsx'

const page = (summary: string) =>
  operation({ summary, door: 'open', tag: 'pages', answers: { 200: 'A page', 303: 'To the next step' } })

const flow = z.string().max(64).default('')

export const loginEnrol = createRouter()
  .get('/login/enrol', page('Set up an authenticator app'), validate('query', z.object({ flow: needed(flow) })), (c) =>
    withFlow(c, c.req.valid('query').flow, (frame) => showApp(frame)),
  )

  .post(
    '/login/enrol',
    page('Confirm an authenticator app'),
    requireSameOrigin,
    formBody(z.object({ flow, code: z.string().max(1024) })),
    (c) => {
      const { flow, code } = c.req.valid('form')
      return withFlow(c, flow, async (frame) => {
        try {
          return await showRecoveryCodes(frame, await confirmApp(c.var.deps, frame.flow, code))
        } catch (error) {
          return showApp(frame, problemOf(error, frame.words))
        }
      })
    },
  )

  .post(
    '/login/continue',
    page('Go on with the new authenticator app'),
    requireSameOrigin,
    formBody(z.object({ flow })),
    (c) =>
      withFlow(c, c.req.valid('form').flow, async (frame) =>
        c.redirect(await goOnWithApp(c.var.deps, frame.flow), 303),
      ),
  )

/** Whoever has something to prove already is asked for that. */
async function showApp(frame: Frame, problem?: string) {
  const { c, flow, words } = frame
  const app = await offerApp(c.var.deps, flow)
  if (!app) return c.redirect(`/login/factor?flow=${flow.id}`, 303)
  if (problem) c.status(422)
  return renderStep(frame, words.enrolTitle, <AppForm {...frame} {...app} problem={problem} />)
}

interface AppFormProps extends Frame {
  qrCode: string
  secret: string
  problem: string | undefined
}

function AppForm({ flow, words, qrCode, secret, problem }: AppFormProps) {
  return (
    <>
      <form method="post" action="/login/enrol" class="card">
        <Alert>{problem}</Alert>
        <p>{words.enrolIntro}</p>
        <img class="qr" src={qrCode} alt={words.enrolAlt} width="240" height="240" />
        <p class="hint">{words.enrolKey}</p>
        <pre>{(secret.match(/.{1,4}/g) ?? []).join(' ')}</pre>
        <input type="hidden" name="flow" value={flow.id} />
        <Field
          name="code"
          label={words.enrolCode}
          inputmode="numeric"
          autocomplete="one-time-code"
          required
          maxlength={40}
          invalid={Boolean(problem)}
        />
        <button type="submit">{words.codeSubmit}</button>
      </form>
      {flow.waiting?.proved && (
        <form method="post" action="/login/continue">
          <input type="hidden" name="flow" value={flow.id} />
          <button type="submit" class="way">
            {words.enrolSkip}
          </button>
        </form>
      )}
      <p>
        <a href={`/login?flow=${flow.id}`}>{words.startAgain}</a>
      </p>
    </>
  )
}

function showRecoveryCodes(frame: Frame, recoveryCodes: string[]) {
  const { flow, words } = frame
  return renderStep(
    frame,
    words.recoveryTitle,
    <form method="post" action="/login/continue" class="card">
      <p>{words.recoveryIntro}</p>
      <pre>{recoveryCodes.join('\n')}</pre>
      <input type="hidden" name="flow" value={flow.id} />
      <button type="submit">{words.recoverySubmit}</button>
    </form>,
  )
}
