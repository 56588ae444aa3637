/** What a provider says about a person, in our words. Nothing here is believed beyond what the provider vouches for. */
import * as z from 'zod'

export interface Profile {
  /** The provider's own stable id for the person. */
  subject: string
  email: string | null
  /** The provider says that the address is the person's own. */
  emailVouched: boolean
  firstName: string | null
  lastName: string | null
  /** Null where the provider does not say. */
  groups: string[] | null
}

const MOST_GROUPS = 1_000

/** At most 255 characters, as OpenID Connect Core section 2 has it. */
export const Subject = z.union([z.string(), z.int().transform(String)]).pipe(
  z
    .string()
    .min(1)
    .max(255)
    .refine((text) => text.isWellFormed() && !/\p{Cc}/u.test(text)),
)

/** A name that cannot be kept is no reason to keep its owner out. */
export const Name = z
  .string()
  .transform(
    (text) =>
      text
        .toWellFormed()
        .replace(/\p{Cc}/gu, ' ')
        .trim()
        .slice(0, 200) || null,
  )
  .nullish()
  .catch(null)
  .transform((text) => text ?? null)

export const Email = z
  .email()
  .max(254)
  .nullish()
  .catch(null)
  .transform((email) => email ?? null)

export const Groups = z
  .union([z.array(z.string()).max(MOST_GROUPS), z.string().transform((group) => [group])])
  .nullish()
  .catch(null)
  .transform((groups) => groups ?? null)

/** Booleans come as words and numbers too: from Apple, Cognito and Entra. */
export const isTrue = (value: unknown): boolean => value === true || value === 'true' || value === 1 || value === '1'

const PostedName = z.object({ name: z.object({ firstName: Name, lastName: Name }) })

/** Apple posts the name beside the code, at the first login only. It is not signed: good for a name, and for nothing else. */
export function readPostedName(text: string | null): Pick<Profile, 'firstName' | 'lastName'> | undefined {
  try {
    return PostedName.parse(JSON.parse(text ?? '')).name
  } catch {
    return undefined
  }
}
