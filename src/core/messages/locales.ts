/** The languages of pages and messages. */
export const LOCALES = ['en', 'de', 'fr', 'es', 'sv'] as const
export type Locale = (typeof LOCALES)[number]

/** The first wish that can be met; `de-AT` is met by `de`. */
export function chooseLocale(...wishes: (string | null | undefined)[]): Locale {
  for (const wish of wishes) {
    const language = wish?.toLowerCase().split('-')[0]
    const met = LOCALES.find((locale) => locale === language)
    if (met) return met
  }
  return 'en'
}
