import type { Texts } from '../texts.ts'

export const sv: Texts = {
  'one-time-code': ({ brand, code }) => ({
    subject: `${code} är din kod för ${brand}`,
    paragraphs: [
      `Din kod är ${code}. Den gäller en gång, inom 5 minuter.`,
      'Om du inte har bett om den känner kanske någon till ditt lösenord: byt det.',
    ],
  }),
  'reset-password': ({ brand }) => ({
    subject: `Välj ett nytt lösenord för ${brand}`,
    paragraphs: [
      'Med den här länken kan du välja ett nytt lösenord. Den gäller en gång, inom 30 minuter.',
      'Om du inte har bett om den behöver du inte göra något.',
    ],
    button: 'Välj ett nytt lösenord',
  }),
  'reset-password-external': ({ brand, about }) => ({
    subject: `Så loggar du in på ${brand}`,
    paragraphs: [
      `Någon har bett om att återställa ditt lösenord. Du har inget här: du loggar in med ${about}.`,
      'Om det inte var du behöver du inte göra något.',
    ],
  }),
  'password-changed': ({ brand }) => ({
    subject: `Ditt lösenord för ${brand} har ändrats`,
    paragraphs: ['Ditt lösenord har ändrats och du har loggats ut överallt.', 'Om det inte var du, återställ det nu.'],
  }),
  'sign-up': ({ brand }) => ({
    subject: `Slutför ditt konto hos ${brand}`,
    paragraphs: [
      'Med den här länken kan du slutföra ditt konto. Den gäller en gång, inom 30 minuter.',
      'Om du inte har bett om den behöver du inte göra något.',
    ],
    button: 'Slutför kontot',
  }),
  'sign-up-existing': ({ brand }) => ({
    subject: `Du har redan ett konto hos ${brand}`,
    paragraphs: [
      'Någon ville öppna ett konto med den här adressen, men det finns redan ett. Logga bara in.',
      'Om du har glömt lösenordet, återställ det på inloggningssidan. Om det inte var du behöver du inte göra något.',
    ],
  }),
}
