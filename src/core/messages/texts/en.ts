import type { Texts } from '../texts.ts'

export const en: Texts = {
  'one-time-code': ({ brand, code }) => ({
    subject: `${code} is your code for ${brand}`,
    paragraphs: [
      `Your code is ${code}. It works once, within 5 minutes.`,
      'If you did not ask for it, somebody may know your password: change it.',
    ],
  }),
  'reset-password': ({ brand }) => ({
    subject: `Choose a new password for ${brand}`,
    paragraphs: [
      'With this link you can choose a new password. It works once, within 30 minutes.',
      'If you did not ask for it, you need not do anything.',
    ],
    button: 'Choose a new password',
  }),
  'reset-password-external': ({ brand, about }) => ({
    subject: `How you log in to ${brand}`,
    paragraphs: [
      `Somebody asked to reset your password. You have none here: you log in with ${about}.`,
      'If it was not you, you need not do anything.',
    ],
  }),
  'password-changed': ({ brand }) => ({
    subject: `Your password for ${brand} was changed`,
    paragraphs: ['Your password was changed and you were logged out everywhere.', 'If it was not you, reset it now.'],
  }),
  'sign-up': ({ brand }) => ({
    subject: `Complete your account at ${brand}`,
    paragraphs: [
      'With this link you can complete your account. It works once, within 30 minutes.',
      'If you did not ask for it, you need not do anything.',
    ],
    button: 'Complete your account',
  }),
  'sign-up-existing': ({ brand }) => ({
    subject: `You already have an account at ${brand}`,
    paragraphs: [
      'Somebody asked to open an account with this address, but there is one already. Just log in.',
      'If you forgot your password, reset it on the login page. If it was not you, you need not do anything.',
    ],
  }),
}
