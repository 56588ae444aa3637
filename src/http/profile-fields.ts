/** The profile of a person, as the admin and the account family know it; null is unknown. No rule of ours depends on it. */
import * as z from 'zod'
import { date, description, image, profileText } from './fields.ts'

export const profileFields = {
  title: profileText.nullable(),
  department: profileText.nullable(),
  birthDate: date.nullable(),
  image: image.nullable(),
  address: profileText.nullable(),
  postalCode: profileText.nullable(),
  region: profileText.nullable(),
  city: profileText.nullable(),
  country: profileText.nullable(),
  countryCode: profileText.nullable(),
  mobile: profileText.nullable(),
  phoneNumber: profileText.nullable(),
  notes: description.nullable(),
  rank: z.int().nullable(),
  customerId: z.int().nullable(),
}
