/** The kinds of values that every family takes from people, each with its limits. */
import * as z from 'zod'
import { isSecureUrl } from '../core/urls.ts'

/** What no text may hold: control characters, and halves of characters, which no two stores keep alike. */
export const isClean = (text: string) => text.isWellFormed() && !/\p{Cc}/u.test(text)

export const text = (most: number) =>
  z.string().max(most).refine(isClean, 'must be well-formed text without control characters')

/** What something is called: neither empty nor framed by white space. */
export const name = text(200).regex(/^\S(.*\S)?$/u, 'must not be empty, nor begin or end with white space')
export const description = text(1000)
export const profileText = text(500)

export const httpUrl = text(2000).refine(
  isSecureUrl,
  'must be an https URL (http on localhost only) without credentials and fragment',
)
export const webOrigin = httpUrl.refine(
  (url) => URL.canParse(url) && new URL(url).origin === url,
  'must be an origin: scheme, host and port only',
)

export const mailAddress = z.email().max(254)
/** E.164, with or without the plus. */
export const phoneNumber = z.string().regex(/^\+?[1-9]\d{1,14}$/, 'must be a phone number of digits, as in +4612345')

/** BCP 47. */
export const locale = text(35).refine(isLocale, 'must be a language tag')

/** A day, or a moment of it. */
export const date = text(40).refine(
  (value) => z.iso.date().safeParse(value).success || z.iso.datetime({ offset: true }).safeParse(value).success,
  'must be a date, as in 1815-12-10',
)

const IMAGE_BYTES = 64 * 1024
const IMAGE_DATA = /^data:image\/(png|jpeg|webp|gif);base64,[A-Za-z0-9+/]+={0,2}$/

export const image = z
  .string()
  .max(IMAGE_BYTES)
  .refine(
    (value) =>
      IMAGE_DATA.test(value) ||
      (value.length <= 2000 && isClean(value) && value.startsWith('https:') && isSecureUrl(value)),
    'must be an https URL, or a data URL of a png, jpeg, webp or gif image',
  )

function isLocale(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1
  } catch {
    return false
  }
}
