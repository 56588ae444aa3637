import type { Texts } from '../texts.ts'

export const fr: Texts = {
  'one-time-code': ({ brand, code }) => ({
    subject: `${code} est votre code pour ${brand}`,
    paragraphs: [
      `Votre code est ${code}. Il est valable une seule fois, pendant 5 minutes.`,
      'Si vous ne l’avez pas demandé, quelqu’un connaît peut-être votre mot de passe : changez-le.',
    ],
  }),
  'reset-password': ({ brand }) => ({
    subject: `Choisissez un nouveau mot de passe pour ${brand}`,
    paragraphs: [
      'Ce lien vous permet de choisir un nouveau mot de passe. Il est valable une seule fois, pendant 30 minutes.',
      'Si vous ne l’avez pas demandé, vous n’avez rien à faire.',
    ],
    button: 'Choisir un nouveau mot de passe',
  }),
  'reset-password-external': ({ brand, about }) => ({
    subject: `Comment vous connecter à ${brand}`,
    paragraphs: [
      `Quelqu’un a demandé à réinitialiser votre mot de passe. Vous n’en avez pas ici : vous vous connectez avec ${about}.`,
      'Si ce n’était pas vous, vous n’avez rien à faire.',
    ],
  }),
  'password-changed': ({ brand }) => ({
    subject: `Votre mot de passe pour ${brand} a été modifié`,
    paragraphs: [
      'Votre mot de passe a été modifié et vous avez été déconnecté partout.',
      'Si ce n’était pas vous, réinitialisez-le maintenant.',
    ],
  }),
  'sign-up': ({ brand }) => ({
    subject: `Terminez la création de votre compte ${brand}`,
    paragraphs: [
      'Ce lien vous permet de terminer la création de votre compte. Il est valable une seule fois, pendant 30 minutes.',
      'Si vous ne l’avez pas demandé, vous n’avez rien à faire.',
    ],
    button: 'Terminer la création du compte',
  }),
  'sign-up-existing': ({ brand }) => ({
    subject: `Vous avez déjà un compte ${brand}`,
    paragraphs: [
      'Quelqu’un a voulu ouvrir un compte avec cette adresse, mais il en existe déjà un. Connectez-vous simplement.',
      'Si vous avez oublié votre mot de passe, réinitialisez-le sur la page de connexion. Si ce n’était pas vous, vous n’avez rien à faire.',
    ],
  }),
}
