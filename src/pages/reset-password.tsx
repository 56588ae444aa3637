/** @jsxImportSource hono/jsx */
/** The page that the mail about a forgotten password links to. Opening it spends nothing; sending the form does. */
import type { Context } from 'hono'
import * as z from 'zod'
import { readResetLink, resetPassword } from '../core/credentials/reset-password.ts'
import { AppError } from '../core/errors.ts'
import { operation } from '../http/operation.ts'
import { type AppEnv, createRouter } from '../http/router.ts'
import { requireSameOrigin } from '../http/same-site.ts'
import { formBody, needed, validate } from '../http/validate.ts'
import { Alert, Field, renderDone, renderHosted } from './hosted.tsx'
import { renderRefusal } from './refusal.tsx'
import { chooseWords, type Words } from './words.ts'

const Query = z.object({ token: needed(z.string().default('')), ui_locales: z.string().optional() })
const Form = z.object({ token: z.string(), password: z.string() })

export const resetPasswordPage = createRouter()
  .get(
    '/reset-password',
    operation({ summary: 'Choose a new password', door: 'open', tag: 'pages', answers: { 200: 'A page' } }),
    validate('query', Query),
    async (c) => {
      const { token, ui_locales } = c.req.valid('query')
      return show(c, token, { uiLocales: ui_locales })
    },
  )

  .post(
    '/reset-password',
    operation({ summary: 'Set the new password', door: 'open', tag: 'pages', answers: { 200: 'A page' } }),
    requireSameOrigin,
    formBody(Form),
    async (c) => {
      const { token, password } = c.req.valid('form')
      return show(c, token, { password })
    },
  )

async function show(c: Context<AppEnv>, token: string, given: { uiLocales?: string | undefined; password?: string }) {
  const acceptLanguage = c.req.header('accept-language')
  try {
    const { user, tenant, wayOn } = await readResetLink(c.var.deps, token)
    const wishes = { uiLocales: given.uiLocales, person: user.locale, acceptLanguage, tenant: tenant?.locale }
    const { lang, words } = chooseWords(wishes)
    const frame = { lang, brand: tenant?.branding ?? null }
    const form = (problem?: string) =>
      renderHosted(
        c,
        { ...frame, title: words.resetTitle },
        <ResetForm {...{ words, token, username: user.username, problem }} />,
      )
    if (given.password === undefined) return await form()
    const problem = await attempt(c, token, given.password, words)
    if (!problem) {
      const onward = wayOn && { url: wayOn.url, label: words.goOn(wayOn.name) }
      return renderDone(c, { ...frame, title: words.resetDoneTitle }, words.resetDone(user.username), onward)
    }
    c.status(422)
    return await form(problem)
  } catch (error) {
    return renderRefusal(c, error, chooseWords({ uiLocales: given.uiLocales, acceptLanguage }))
  }
}

/** What to tell the person about the password; undefined when it was set. */
async function attempt({ var: { deps } }: Context<AppEnv>, token: string, password: string, words: Words) {
  try {
    await resetPassword(deps, { token, password, client: null })
    return undefined
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    if (error.code === 'password_unchanged') return words.unchanged
    if (error.code !== 'password_refused') throw error
    return words.passwordFlaws[error.issues?.[0]?.code as keyof Words['passwordFlaws']]
  }
}

interface ResetFormProps {
  words: Words
  token: string
  username: string
  problem: string | undefined
}

function ResetForm({ words, token, username, problem }: ResetFormProps) {
  return (
    <form method="post" action="/reset-password" class="card">
      <Alert>{problem}</Alert>
      <p>{words.resetIntro(username)}</p>
      <input type="hidden" name="token" value={token} />
      {/* For password managers: whose password this is. */}
      <input type="text" name="username" value={username} autocomplete="username" readonly hidden />
      <Field
        name="password"
        label={words.newPassword}
        hint={words.newPasswordHint}
        type="password"
        autocomplete="new-password"
        required
        autofocus
        minlength={8}
        invalid={problem !== undefined}
      />
      <button type="submit">{words.resetSubmit}</button>
    </form>
  )
}
