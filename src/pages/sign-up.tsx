/** @jsxImportSource hono/jsx */
/** The page that the mail about a sign-up links to. Opening it spends nothing; sending the form does. */
import type { Context } from 'hono'
import * as z from 'zod'
import { completeSignUp, readSignUpLink, wayOnAfterSignUp } from '../core/credentials/sign-up.ts'
import { AppError } from '../core/errors.ts'
import { text } from '../http/fields.ts'
import { operation } from '../http/operation.ts'
import { type AppEnv, createRouter } from '../http/router.ts'
import { requireSameOrigin } from '../http/same-site.ts'
import { formBody, needed, validate } from '../http/validate.ts'
import { Alert, Field, renderDone, renderHosted } from './hosted.tsx'
import { renderRefusal } from './refusal.tsx'
import { chooseWords, type Words } from './words.ts'

const Query = z.object({ token: needed(z.string().default('')), ui_locales: z.string().optional() })
const Form = z.object({
  token: z.string(),
  password: z.string(),
  firstName: text(200).default(''),
  lastName: text(200).default(''),
})

export const signUpPage = createRouter()
  .get(
    '/sign-up',
    operation({ summary: 'Complete a sign-up', door: 'open', tag: 'pages', answers: { 200: 'A page' } }),
    validate('query', Query),
    async (c) => {
      const { token, ui_locales } = c.req.valid('query')
      return show(c, token, ui_locales)
    },
  )

  .post(
    '/sign-up',
    operation({ summary: 'Create the account', door: 'open', tag: 'pages', answers: { 200: 'A page' } }),
    requireSameOrigin,
    formBody(Form),
    async (c) => {
      const { token, ...account } = c.req.valid('form')
      return show(c, token, undefined, account)
    },
  )

type Account = Omit<z.infer<typeof Form>, 'token'>

async function show(c: Context<AppEnv>, token: string, uiLocales?: string, account?: Account) {
  const acceptLanguage = c.req.header('accept-language')
  try {
    const { email, tenant, clientId } = await readSignUpLink(c.var.deps, token)
    const { lang, words } = chooseWords({ uiLocales, acceptLanguage, tenant: tenant.locale })
    const frame = { lang, brand: tenant.branding }
    const form = (problem?: string) =>
      renderHosted(
        c,
        { ...frame, title: words.signUpTitle },
        <SignUpForm {...{ words, token, email, account, problem, brand: tenant.branding.name }} />,
      )
    if (!account) return await form()
    const flaw = await attempt(c, token, email, account)
    if (!flaw) {
      const wayOn = await wayOnAfterSignUp(c.var.deps, { tenant, clientId })
      const onward = wayOn && { url: wayOn.url, label: words.goOn(wayOn.name) }
      return renderDone(c, { ...frame, title: words.signUpDoneTitle }, words.signUpDone(email), onward)
    }
    c.status(422)
    return await form(words.passwordFlaws[flaw as keyof Words['passwordFlaws']])
  } catch (error) {
    return renderRefusal(c, error, chooseWords({ uiLocales, acceptLanguage }))
  }
}

/** What is wrong with the password; undefined when the account is there. */
async function attempt({ var: { deps } }: Context<AppEnv>, token: string, email: string, account: Account) {
  const { password, firstName, lastName } = account
  try {
    const names = { firstName: firstName.trim() || undefined, lastName: lastName.trim() || undefined }
    await completeSignUp(deps, token, { email, password, ...names })
    return undefined
  } catch (error) {
    if (error instanceof AppError && error.code === 'password_refused') return error.issues?.[0]?.code ?? 'common'
    throw error
  }
}

interface SignUpFormProps {
  words: Words
  token: string
  email: string
  brand: string
  account: Account | undefined
  problem: string | undefined
}

function SignUpForm({ words, token, email, brand, account, problem }: SignUpFormProps) {
  return (
    <form method="post" action="/sign-up" class="card">
      <Alert>{problem}</Alert>
      <p>{words.signUpIntro(brand)}</p>
      <input type="hidden" name="token" value={token} />
      <Field name="email" label={words.email} type="email" value={email} autocomplete="username" readonly />
      <Field
        name="firstName"
        label={words.firstName}
        value={account?.firstName ?? ''}
        autocomplete="given-name"
        maxlength={200}
      />
      <Field
        name="lastName"
        label={words.lastName}
        value={account?.lastName ?? ''}
        autocomplete="family-name"
        maxlength={200}
      />
      <Field
        name="password"
        label={words.newPassword}
        hint={words.newPasswordHint}
        type="password"
        autocomplete="new-password"
        required
        minlength={8}
        invalid={problem !== undefined}
      />
      <button type="submit">{words.signUpSubmit}</button>
    </form>
  )
}
