/** Every letter in every language: total, so that none can be missing. */
import type { Locale } from './locales.ts'
import { de } from './texts/de.ts'
import { en } from './texts/en.ts'
import { es } from './texts/es.ts'
import { fr } from './texts/fr.ts'
import { sv } from './texts/sv.ts'

export type Kind =
  | 'one-time-code'
  | 'reset-password'
  | 'reset-password-external'
  | 'password-changed'
  | 'sign-up'
  | 'sign-up-existing'

export interface Facts {
  brand: string
  code?: string | undefined
  /** For an external user: the provider's name. */
  about?: string | undefined
}

export interface Text {
  subject: string
  paragraphs: string[]
  /** What the link's button says. */
  button?: string
}

export type Texts = Record<Kind, (facts: Facts) => Text>

export const TEXTS: Record<Locale, Texts> = { en, de, fr, es, sv }
