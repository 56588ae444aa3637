/** How a person looks on the wire of the account family: what is not known is `""`, or null for dates and numbers. */
import * as z from 'zod'
import type { Account, AccountChanges } from '../../core/account/profile.ts'
import { date, profileText, text } from '../../http/fields.ts'
import { profileFields } from '../../http/profile-fields.ts'

const instant = z.iso.datetime().nullable()

const ApiKey = z.object({
  id: z.int(),
  name: z.string(),
  /** Masked: the prefix and the last four characters. */
  key: z.string(),
  /** Always empty. */
  clientSecret: z.string(),
  createdDate: instant,
  expireDate: instant,
  ownerId: z.string(),
  revoked: z.boolean(),
  permissions: z.int(),
  description: z.string(),
})
const Setting = z.object({
  id: z.int(),
  category: z.string(),
  group: z.string(),
  name: z.string(),
  value: z.string(),
  type: z.string(),
  description: z.string(),
  readOnly: z.boolean(),
  userId: z.string(),
})

export const User = z.object({
  id: z.string(),
  userName: z.string(),
  email: z.string(),
  phoneNumber: z.string(),
  title: z.string(),
  firstName: z.string(),
  lastName: z.string(),
  department: z.string(),
  birthDate: instant,
  createdAt: instant,
  updatedAt: instant,
  lastDismissMessages: instant,
  lastLogIn: instant,
  rank: z.int().nullable(),
  image: z.string(),
  address: z.string(),
  postalCode: z.string(),
  region: z.string(),
  city: z.string(),
  country: z.string(),
  countryCode: z.string(),
  mobile: z.string(),
  notes: z.string(),
  customerId: z.int().nullable(),
  roles: z.array(z.string()),
  apiKeys: z.array(ApiKey),
  settings: z.array(Setting),
})

/** Null and `""` clear a field. */
const clearable = <Field extends z.ZodType>(field: Field) =>
  z.preprocess((given) => (given === '' ? null : given), field.nullish())

/** A day is kept as a day. */
const momentOrDay = date.transform((given) => new Date(given).toISOString().replace('T00:00:00.000Z', ''))

const Profile = z.object({
  title: clearable(profileFields.title),
  department: clearable(profileFields.department),
  birthDate: clearable(momentOrDay),
  image: clearable(profileFields.image),
  address: clearable(profileFields.address),
  postalCode: clearable(profileFields.postalCode),
  region: clearable(profileFields.region),
  city: clearable(profileFields.city),
  country: clearable(profileFields.country),
  countryCode: clearable(profileFields.countryCode),
  mobile: clearable(profileFields.mobile),
  phoneNumber: clearable(profileFields.phoneNumber),
  lastDismissMessages: clearable(momentOrDay),
})

const SettingChange = z.looseObject({ id: z.unknown().optional(), value: clearable(text(2000)) })

/** What may be changed; the rest may be there, and is left alone. */
export const UserChanges = z
  .object({
    ...Profile.shape,
    firstName: clearable(profileText),
    lastName: clearable(profileText),
    settings: z.array(SettingChange).max(1000).nullish(),
  })
  .transform(({ firstName, lastName, settings, ...profile }): AccountChanges => {
    const values = (settings ?? []).flatMap(({ id, value }) =>
      typeof id === 'number' && value !== undefined ? [{ id, value: value ?? '' }] : [],
    )
    const given = Object.entries(profile).filter((entry): entry is [string, string | null] => entry[1] !== undefined)
    return { firstName, lastName, profile: Object.fromEntries(given), settings: values }
  })

export function toUser({ user, roles, apiKeys }: Account): z.input<typeof User> {
  const { profile } = user
  const known = (field: string) => String(profile[field] ?? '')
  const numeric = (field: string) => (typeof profile[field] === 'number' ? profile[field] : null)
  return {
    id: user.id,
    userName: user.username,
    email: user.email ?? '',
    phoneNumber: known('phoneNumber'),
    title: known('title'),
    firstName: user.firstName ?? '',
    lastName: user.lastName ?? '',
    department: known('department'),
    birthDate: toInstant(profile['birthDate']),
    createdAt: toInstant(user.createdAt),
    updatedAt: toInstant(user.updatedAt),
    lastDismissMessages: toInstant(profile['lastDismissMessages']),
    lastLogIn: toInstant(user.lastLoginAt),
    rank: numeric('rank'),
    image: known('image'),
    address: known('address'),
    postalCode: known('postalCode'),
    region: known('region'),
    city: known('city'),
    country: known('country'),
    countryCode: known('countryCode'),
    mobile: known('mobile'),
    notes: known('notes'),
    customerId: numeric('customerId'),
    roles,
    apiKeys: apiKeys.map(toApiKey),
    settings: user.settings.map((setting) => ({ ...setting, userId: user.id })),
  }
}

const toApiKey = (key: Account['apiKeys'][number]): z.input<typeof ApiKey> => ({
  id: key.id,
  name: key.name,
  key: `api_${'*'.repeat(28)}${key.lastFour}`,
  clientSecret: '',
  createdDate: toInstant(key.createdAt),
  expireDate: toInstant(key.expireDate),
  ownerId: key.ownerId ?? '',
  revoked: key.revoked,
  permissions: key.permissions,
  description: key.description,
})

function toInstant(at: Date | string | number | null | undefined): string | null {
  return at === null || at === undefined ? null : new Date(at).toISOString()
}
