/** @jsxImportSource hono/jsx */
/** A passkey on the hosted login: the one way in that needs a script, so it shows itself only when that runs. */
import * as z from 'zod'
import { logInWithPasskey } from '../core/gateway/passkey-login.ts'
import { operation } from '../http/operation.ts'
import { createRouter } from '../http/router.ts'
import { requireSameOrigin } from '../http/same-site.ts'
import { formBody } from '../http/validate.ts'
import { ofForm, PasskeyAssertion } from '../http/webauthn.ts'
import { showMethods } from './login-forms.tsx'
import { problemOf, withFlow } from './login-frame.tsx'

export const loginPasskey = createRouter().post(
  '/login/passkey',
  operation({
    summary: 'Log in with a passkey',
    door: 'open',
    tag: 'pages',
    answers: { 200: 'A page', 303: 'To the next step' },
  }),
  requireSameOrigin,
  formBody(z.object({ flow: z.string().max(64).default(''), response: ofForm(PasskeyAssertion) })),
  (c) => {
    const { flow, response } = c.req.valid('form')
    return withFlow(c, flow, async (frame) => {
      try {
        return c.redirect(await logInWithPasskey(c.var.deps, frame.flow, response), 303)
      } catch (error) {
        return showMethods(frame, {
          problem: problemOf(error, { ...frame.words, loginInvalid: frame.words.passkeyInvalid }),
        })
      }
    })
  },
)
