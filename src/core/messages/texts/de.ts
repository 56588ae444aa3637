import type { Texts } from '../texts.ts'

export const de: Texts = {
  'one-time-code': ({ brand, code }) => ({
    subject: `${code} ist Ihr Code für ${brand}`,
    paragraphs: [
      `Ihr Code lautet ${code}. Er gilt einmal, innerhalb von 5 Minuten.`,
      'Wenn Sie ihn nicht angefordert haben, kennt vielleicht jemand Ihr Passwort: Ändern Sie es.',
    ],
  }),
  'reset-password': ({ brand }) => ({
    subject: `Neues Passwort für ${brand} wählen`,
    paragraphs: [
      'Mit diesem Link können Sie ein neues Passwort wählen. Er gilt einmal, innerhalb von 30 Minuten.',
      'Wenn Sie ihn nicht angefordert haben, müssen Sie nichts tun.',
    ],
    button: 'Neues Passwort wählen',
  }),
  'reset-password-external': ({ brand, about }) => ({
    subject: `So melden Sie sich bei ${brand} an`,
    paragraphs: [
      `Jemand wollte Ihr Passwort zurücksetzen. Sie haben hier keines: Sie melden sich mit ${about} an.`,
      'Wenn Sie es nicht waren, müssen Sie nichts tun.',
    ],
  }),
  'password-changed': ({ brand }) => ({
    subject: `Ihr Passwort für ${brand} wurde geändert`,
    paragraphs: [
      'Ihr Passwort wurde geändert und Sie wurden überall abgemeldet.',
      'Wenn Sie es nicht waren, setzen Sie es jetzt zurück.',
    ],
  }),
  'sign-up': ({ brand }) => ({
    subject: `Ihr Konto bei ${brand} fertigstellen`,
    paragraphs: [
      'Mit diesem Link können Sie Ihr Konto fertigstellen. Er gilt einmal, innerhalb von 30 Minuten.',
      'Wenn Sie ihn nicht angefordert haben, müssen Sie nichts tun.',
    ],
    button: 'Konto fertigstellen',
  }),
  'sign-up-existing': ({ brand }) => ({
    subject: `Sie haben schon ein Konto bei ${brand}`,
    paragraphs: [
      'Jemand wollte mit dieser Adresse ein Konto eröffnen, aber es gibt schon eines. Melden Sie sich einfach an.',
      'Wenn Sie Ihr Passwort vergessen haben, setzen Sie es auf der Anmeldeseite zurück. Wenn Sie es nicht waren, müssen Sie nichts tun.',
    ],
  }),
}
