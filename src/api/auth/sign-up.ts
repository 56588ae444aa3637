/** Sign-up: a link by mail, then the account. */
import * as z from 'zod'
import { completeSignUp, readSignUpLink } from '../../core/credentials/sign-up.ts'
import { sendSignUpLink } from '../../core/credentials/sign-up-links.ts'
import { bearerToken } from '../../http/authenticate.ts'
import { locale, mailAddress, name, phoneNumber } from '../../http/fields.ts'
import { operation } from '../../http/operation.ts'
import { createRouter } from '../../http/router.ts'
import { jsonBody } from '../../http/validate.ts'

const tag = 'auth: sign-up'

/** Both bodies are open to more in the original, where forms also send the fields that nobody has filled in. */
const filledIn = <S extends z.ZodType>(schema: S) =>
  z.preprocess((given) => (given === '' || given === null ? undefined : given), schema.optional())

const CreateToken = z.strictObject({
  email: mailAddress,
  data: z
    .looseObject({ tenant: filledIn(z.string()), client: filledIn(z.string()), locale: filledIn(locale) })
    .optional(),
})
/** What is not known is left alone. */
const CreateUser = z.looseObject({
  email: z.string(),
  password: z.string(),
  firstName: filledIn(name),
  lastName: filledIn(name),
  phone: filledIn(phoneNumber),
  locale: filledIn(locale),
})
const Email = z.object({ email: z.string() })
const Created = Email.extend({ user: z.looseObject({ id: z.string(), username: z.string(), email: z.string() }) })

export const signUp = createRouter()
  .post(
    '/auth/sign-up/create-token',
    operation({ summary: 'Send a link to a new account', door: 'open', tag, answers: { 204: 'Sent' } }),
    jsonBody(CreateToken),
    async (c) => {
      const { email, data = {} } = c.req.valid('json')
      await sendSignUpLink(c.var.deps, { email, tenantKey: data.tenant, clientId: data.client, locale: data.locale })
      return c.body(null, 204)
    },
  )

  .get(
    '/auth/sign-up/verify-token',
    operation({ summary: 'Whose link it is', door: 'possession', tag, answers: { 200: Email } }),
    async (c) => c.json({ email: (await readSignUpLink(c.var.deps, bearerToken(c))).email }),
  )

  .post(
    '/auth/sign-up/create-user',
    operation({ summary: 'Complete the account', door: 'possession', tag, answers: { 200: Created } }),
    jsonBody(CreateUser),
    async (c) => {
      const account = c.req.valid('json')
      const user = await completeSignUp(c.var.deps, bearerToken(c), account)
      return c.json({ email: account.email, user: wireUser(user) })
    },
  )

type Account = Awaited<ReturnType<typeof completeSignUp>>

const wireUser = ({ id, username, email, firstName, lastName, phone, locale, defaultTenantId }: Account) => ({
  id,
  username,
  email,
  firstName,
  lastName,
  phone,
  locale,
  defaultTenantId,
})
