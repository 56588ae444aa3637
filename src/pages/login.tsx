/** @jsxImportSource hono/jsx */
/** The hosted login: one page for each step, each a form that is posted; nothing needs JavaScript. */
import * as z from 'zod'
import { sendHostedResetLink } from '../core/credentials/reset-links.ts'
import { sendSignUpLink } from '../core/credentials/sign-up-links.ts'
import { mayEnrolByCode, mayEnrolNow } from '../core/gateway/enrolment.ts'
import { logInWithCode, logInWithPassword, proveSecondFactor, sendLoginCode } from '../core/gateway/hosted-login.ts'
import { operation } from '../http/operation.ts'
import { createRouter } from '../http/router.ts'
import { requireSameOrigin } from '../http/same-site.ts'
import { formBody, needed, validate } from '../http/validate.ts'
import { CodeForm, showMethods } from './login-forms.tsx'
import { type Frame, problemOf, renderSaid, renderStep, withFlow } from './login-frame.tsx'

const tag = 'pages'
const answers = { 200: 'A page', 303: 'To the next step' }
const page = (summary: string) => operation({ summary, door: 'open', tag, answers })

const flow = z.string().max(64).default('')
const value = z.string().max(1024)
const Query = z.object({ flow: needed(flow) })

export const loginPage = createRouter()
  .get('/login', page('The login of an organisation'), validate('query', Query), (c) =>
    withFlow(c, c.req.valid('query').flow, (frame) => showMethods(frame)),
  )

  .post(
    '/login/password',
    page('Log in with a password'),
    requireSameOrigin,
    formBody(z.object({ flow, username: value, password: value })),
    (c) => {
      const { flow, ...given } = c.req.valid('form')
      return withFlow(c, flow, async (frame) => {
        try {
          return c.redirect(await logInWithPassword(c.var.deps, frame.flow, given), 303)
        } catch (error) {
          return showMethods(frame, { problem: problemOf(error, frame.words), username: given.username })
        }
      })
    },
  )

  .post(
    '/login/send-code',
    page('Send a one-time code'),
    requireSameOrigin,
    formBody(z.object({ flow, username: value })),
    (c) => {
      const { flow, username } = c.req.valid('form')
      return withFlow(c, flow, async (frame) => {
        await sendLoginCode(c.var.deps, frame.flow, username)
        return c.redirect(`/login/code?flow=${flow}`, 303)
      })
    },
  )

  .get('/login/code', page('Enter a one-time code'), validate('query', Query), (c) =>
    withFlow(c, c.req.valid('query').flow, (frame) => showCode(frame, 'code')),
  )

  .post(
    '/login/code',
    page('Log in with a one-time code'),
    requireSameOrigin,
    formBody(z.object({ flow, code: value })),
    (c) => {
      const { flow, code } = c.req.valid('form')
      return withFlow(c, flow, async (frame) => {
        try {
          return c.redirect(await logInWithCode(c.var.deps, frame.flow, code), 303)
        } catch (error) {
          return showCode(frame, 'code', problemOf(error, frame.words))
        }
      })
    },
  )

  .get('/login/factor', page('Enter a second factor'), validate('query', Query), (c) =>
    withFlow(c, c.req.valid('query').flow, async (frame) =>
      (await mayEnrolNow(c.var.deps, frame.flow))
        ? c.redirect(`/login/enrol?flow=${frame.flow.id}`, 303)
        : showCode(frame, 'factor'),
    ),
  )

  .post(
    '/login/factor',
    page('Prove the second factor'),
    requireSameOrigin,
    formBody(z.object({ flow, code: value, next: z.enum(['enrol']).optional() })),
    (c) => {
      const { flow, code, next } = c.req.valid('form')
      const given = { code, thenEnrol: next === 'enrol' }
      return withFlow(c, flow, async (frame) => {
        try {
          return c.redirect(await proveSecondFactor(c.var.deps, frame.flow, given), 303)
        } catch (error) {
          return showCode(frame, 'factor', problemOf(error, frame.words))
        }
      })
    },
  )

  .post(
    '/login/forgot',
    page('Send a link to a new password'),
    requireSameOrigin,
    formBody(z.object({ flow, username: value })),
    (c) => {
      const { flow, username } = c.req.valid('form')
      return withFlow(c, flow, async (frame) => {
        await sendHostedResetLink(c.var.deps, frame.flow.tenant.id, username)
        return renderSaid(frame, frame.words.forgot, frame.words.forgotDone)
      })
    },
  )

  .post(
    '/login/sign-up',
    page('Send a link to a new account'),
    requireSameOrigin,
    formBody(z.object({ flow, email: z.email().max(254) })),
    (c) => {
      const { flow, email } = c.req.valid('form')
      return withFlow(c, flow, async (frame) => {
        try {
          await sendSignUpLink(c.var.deps, { email, tenantKey: frame.flow.tenant.key, locale: frame.lang })
        } catch (error) {
          return showMethods(frame, { problem: problemOf(error, frame.words) })
        }
        return renderSaid(frame, frame.words.signUpTitle, frame.words.signUpSent)
      })
    },
  )

async function showCode(frame: Frame, step: 'code' | 'factor', problem?: string) {
  if (problem) frame.c.status(422)
  const title = step === 'code' ? frame.words.loginTitle : frame.words.factorTitle
  const mayEnrol = step === 'factor' && (await mayEnrolByCode(frame.c.var.deps, frame.flow))
  return renderStep(frame, title, <CodeForm {...{ ...frame, step, problem, mayEnrol }} />)
}
