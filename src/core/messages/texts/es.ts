import type { Texts } from '../texts.ts'

export const es: Texts = {
  'one-time-code': ({ brand, code }) => ({
    subject: `${code} es su código para ${brand}`,
    paragraphs: [
      `Su código es ${code}. Sirve una sola vez, durante 5 minutos.`,
      'Si no lo ha pedido, quizá alguien conozca su contraseña: cámbiela.',
    ],
  }),
  'reset-password': ({ brand }) => ({
    subject: `Elija una contraseña nueva para ${brand}`,
    paragraphs: [
      'Con este enlace puede elegir una contraseña nueva. Sirve una sola vez, durante 30 minutos.',
      'Si no lo ha pedido, no tiene que hacer nada.',
    ],
    button: 'Elegir una contraseña nueva',
  }),
  'reset-password-external': ({ brand, about }) => ({
    subject: `Cómo inicia sesión en ${brand}`,
    paragraphs: [
      `Alguien ha pedido restablecer su contraseña. Aquí no tiene ninguna: inicia sesión con ${about}.`,
      'Si no ha sido usted, no tiene que hacer nada.',
    ],
  }),
  'password-changed': ({ brand }) => ({
    subject: `Su contraseña de ${brand} ha cambiado`,
    paragraphs: [
      'Su contraseña ha cambiado y se ha cerrado su sesión en todas partes.',
      'Si no ha sido usted, restablézcala ahora.',
    ],
  }),
  'sign-up': ({ brand }) => ({
    subject: `Complete su cuenta en ${brand}`,
    paragraphs: [
      'Con este enlace puede completar su cuenta. Sirve una sola vez, durante 30 minutos.',
      'Si no lo ha pedido, no tiene que hacer nada.',
    ],
    button: 'Completar la cuenta',
  }),
  'sign-up-existing': ({ brand }) => ({
    subject: `Ya tiene una cuenta en ${brand}`,
    paragraphs: [
      'Alguien ha querido abrir una cuenta con esta dirección, pero ya existe una. Inicie sesión sin más.',
      'Si ha olvidado su contraseña, restablézcala en la página de inicio de sesión. Si no ha sido usted, no tiene que hacer nada.',
    ],
  }),
}
