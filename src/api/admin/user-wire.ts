/** How a person looks on the wire of the admin API. */
import * as z from 'zod'
import type { DirectoryUser } from '../../core/directory/users.ts'
import { description, isClean, locale, mailAddress, name, phoneNumber, profileText, text } from '../../http/fields.ts'
import { profileFields } from '../../http/profile-fields.ts'
import { frame, toFrame } from './wire.ts'

const setting = {
  category: name,
  group: name,
  name,
  value: text(2000),
  type: name,
  description,
  readOnly: z.boolean(),
}
export const NewSetting = z.strictObject({
  ...setting,
  id: z.int().min(1).optional(),
  value: setting.value.default(''),
  type: setting.type.default('string'),
  description: description.default(''),
  readOnly: setting.readOnly.default(false),
})

export const scalars = {
  email: mailAddress.nullable(),
  emailVerified: z.boolean(),
  phone: phoneNumber.nullable(),
  firstName: profileText.nullable(),
  lastName: profileText.nullable(),
  locale: locale.nullable(),
  authProvider: text(50).min(1),
  clientIds: z.array(text(200)).max(200).nullable(),
  defaultTenantId: text(40).nullable(),
  status: z.enum(['active', 'blocked']),
}

/** Longer ones are refused by the policy, in its own words. */
const password = z.string().max(1024).refine(isClean, 'must be well-formed text without control characters')

export const User = z.object({
  ...frame,
  username: z.string(),
  ...scalars,
  secondFactorRequired: z.boolean(),
  lastLoginAt: z.iso.datetime().nullable(),
  ...profileFields,
  settings: z.array(z.object({ ...setting, id: z.number() })),
})

const settings = z.array(NewSetting).max(200)

export const UserChanges = z
  .strictObject({ username: name, ...scalars, ...profileFields, settings })
  .partial()
  .transform(splitProfile)

export const NewUser = z
  .strictObject({ username: name, ...scalars, ...profileFields, settings, password, passwordHash: text(200) })
  .partial()
  .required({ username: true })
  .transform(splitProfile)

export const NewPassword = z.strictObject({ password, mustChange: z.boolean().default(false) })

type Profile = z.output<z.ZodObject<typeof profileFields>>
type SomeProfile = { [Field in keyof Profile]?: Profile[Field] | undefined }

/** The members of the profile lie at the top on the wire, and together inside. */
function splitProfile<Given extends SomeProfile>(given: Given) {
  const pick = (ofProfile: boolean) =>
    Object.fromEntries(Object.entries(given).filter(([field]) => field in profileFields === ofProfile))
  return {
    ...(pick(false) as Omit<Given, keyof Profile>),
    profile: pick(true) as Record<string, string | number | null>,
  }
}

export function toUser(row: DirectoryUser): z.input<typeof User> {
  const profile = Object.fromEntries(Object.keys(profileFields).map((field) => [field, row.profile[field] ?? null]))
  return {
    ...toFrame(row),
    username: row.username,
    email: row.email,
    emailVerified: row.emailVerified,
    phone: row.phone,
    firstName: row.firstName,
    lastName: row.lastName,
    locale: row.locale,
    authProvider: row.authProvider,
    clientIds: row.clientIds,
    defaultTenantId: row.defaultTenantId,
    status: row.status,
    secondFactorRequired: row.secondFactorRequired,
    lastLoginAt: row.lastLoginAt?.toISOString() ?? null,
    ...(profile as Profile),
    settings: row.settings,
  }
}
