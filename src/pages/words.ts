/** The words of the hosted pages in every language: total, so that none can be missing. */

import type { PasswordFlaw } from '../core/credentials/password-policy.ts'
import { chooseLocale, type Locale } from '../core/messages/locales.ts'
import { de } from './words/de.ts'
import { en } from './words/en.ts'
import { es } from './words/es.ts'
import { fr } from './words/fr.ts'
import { sv } from './words/sv.ts'

export interface Words {
  newPassword: string
  newPasswordHint: string
  firstName: string
  lastName: string
  email: string
  resetTitle: string
  resetIntro: (username: string) => string
  resetSubmit: string
  resetDoneTitle: string
  resetDone: (username: string) => string
  signUpTitle: string
  signUpIntro: (brand: string) => string
  signUpSubmit: string
  signUpDoneTitle: string
  signUpDone: (username: string) => string
  goOn: (name: string) => string
  linkEndedTitle: string
  linkEnded: string
  accountExists: string
  unchanged: string
  tooMany: string
  refusedTitle: string
  refused: string
  username: string
  password: string
  loginTitle: string
  loginSubmit: string
  loginInvalid: string
  sendCode: string
  codeIntro: string
  code: string
  codeSubmit: string
  codeInvalid: string
  factorTitle: string
  factorIntro: string
  startAgain: string
  forgot: string
  forgotSubmit: string
  forgotDone: string
  signUpAsk: string
  signUpSend: string
  signUpSent: string
  flowEndedTitle: string
  flowEnded: string
  providerContinue: (name: string) => string
  providerDenied: string
  providerEnded: string
  providerFailed: string
  providerUnavailable: string
  providerNoAccount: string
  askedWrongly: string
  sentWrongly: string
  codeAlone: string
  enrolTitle: string
  enrolIntro: string
  enrolAlt: string
  enrolKey: string
  enrolCode: string
  enrolByCode: string
  enrolSkip: string
  recoveryTitle: string
  recoveryIntro: string
  recoverySubmit: string
  otherWays: string
  passkeySubmit: string
  passkeyInvalid: string
  deviceTitle: string
  deviceIntro: (name: string | null) => string
  deviceReady: string
  deviceWorking: string
  deviceCancelled: string
  deviceFailed: string
  deviceUnsupported: string
  deviceTaken: string
  deviceDone: string
  deviceName: string
  deviceNameExample: string
  deviceSubmit: string
  deviceScript: string
  deviceScanTitle: string
  deviceScan: string
  deviceScanAlt: string
  passkeysTitle: string
  passkeysIntro: (username: string) => string
  passkeysNone: string
  passkeyAdd: string
  passkeyName: string
  passkeyNameExample: string
  passkeyRemove: string
  passkeyLast: string
  passkeyRefused: string
  ownPages: string
  sessionsTitle: string
  sessionsIntro: (username: string, brand: string) => string
  sessionsEndOthers: string
  sessionThis: string
  sessionOpened: string
  sessionUsed: string
  sessionMethod: string
  sessionApp: string
  sessionAddress: string
  sessionEnd: string
  deviceOn: (browser: string, system: string) => string
  deviceUnknown: string
  /** By the words that a session keeps; whatever else there is came from elsewhere. */
  methodNames: Record<'password' | 'otp' | 'authenticator' | 'enrolment' | 'recovery' | 'passkey' | 'device', string>
  methodElsewhere: string
  loggedOutTitle: string
  loggedOut: string
  signedOutTitle: string
  signedOut: string
  passwordFlaws: Record<PasswordFlaw, string>
}

const WORDS: Record<Locale, Words> = { en, de, fr, es, sv }

/** By `ui_locales` (OpenID Connect Core section 3.1.2.1), then the person's own language, then the browser's. */
export function chooseWords(wishes: {
  uiLocales?: string | undefined
  person?: string | null | undefined
  acceptLanguage?: string | undefined
  tenant?: string | undefined
}): { lang: Locale; words: Words } {
  const asked = wishes.uiLocales?.split(' ') ?? []
  const browser = (wishes.acceptLanguage ?? '').split(',').map((range) => range.split(';')[0]?.trim())
  const lang = chooseLocale(...asked, wishes.person, ...browser, wishes.tenant)
  return { lang, words: WORDS[lang] }
}
