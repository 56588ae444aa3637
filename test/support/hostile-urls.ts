/**
 * Addresses that look, to somebody or some parser, as if they led to `https://service.example/app`, and do not; by the
 * trick that they try.
 */
import { HOSTILE_PATHS } from './hostile-paths.ts'

const HOST = 'service.example'
const HOME = `https://${HOST}/app`

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => from + n)
const character = (code: number) => String.fromCharCode(code)

const CONTROLS = [...range(0, 32), 127, 0x85, 0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000, 0xfeff]
const SCHEMES =
  `javascript data vbscript file ftp ws wss blob about mailto tel intent view-source filesystem gopher ldap
  jar resource chrome android-app ms-settings itms-services sms http htps httpss https+unix x-https`.split(/\s+/)

export const HOSTILE_URLS: Record<string, string[]> = {
  'other hosts': [
    'evil.example',
    `${HOST}.evil.example`,
    `evil-${HOST}`,
    `evil${HOST}`,
    `${HOST}evil`,
    `sub.${HOST}`,
    `www.${HOST}`,
    `${HOST}.`,
    `${HOST}..`,
    `.${HOST}`,
    'service.examples',
    'service.exampl',
    'service-example',
    'example',
    'service',
    `${HOST}.localhost`,
    'localhost',
    `${HOST}%2eevil.example`,
    `evil.example%2f${HOST}`,
    `evil.example%5c${HOST}`,
    `evil.example%23${HOST}`,
    `evil.example%00${HOST}`,
    `${HOST}%00.evil.example`,
    `xn--${HOST}`,
    '',
  ].map((host) => `https://${host}/app`),

  'users before the host': [
    `${HOST}@evil.example`,
    `${HOST}:443@evil.example`,
    `user@${HOST}`,
    `user:password@${HOST}`,
    `:password@${HOST}`,
    `evil.example@${HOST}`,
    `evil.example%40${HOST}`,
    `a@b@${HOST}`,
    `${HOST}%40evil.example`,
    `${HOST}@@evil.example`,
    `${HOST}&@evil.example`,
    `${HOST};@evil.example`,
    `${HOST}%2f@evil.example`,
    `${HOST}%20@evil.example`,
    `%73ervice.example@evil.example`,
  ].map((authority) => `https://${authority}/app`),

  ports: ['80', '444', '8443', '0', '65536', '99999', '-1', '443443', '44a', ' 443', '443@evil.example', '1e3'].map(
    (port) => `https://${HOST}:${port}/app`,
  ),

  schemes: SCHEMES.flatMap((scheme) => [`${scheme}://${HOST}/app`, `${scheme}:${HOME}`, `${scheme}:alert(1)//${HOME}`]),

  'no scheme, or half of one': [
    `//${HOST}/app`,
    '//evil.example',
    '///evil.example',
    '////evil.example',
    '/evil',
    '/',
    '/\\evil.example',
    '\\\\evil.example',
    `${HOST}/app`,
    `https:${HOST}/app`,
    `https:/${HOST}/app`,
    `:////${HOST}/app`,
    `https//${HOST}/app`,
    `https;//${HOST}/app`,
    `https:\\\\${HOST}\\app`,
    `https:/\\${HOST}/app`,
    `https:\\/${HOST}/app`,
    `://${HOST}/app`,
    `:${HOME}`,
    'https:',
    'https://',
    'https:/',
    'app',
    '../app',
    '?callback',
    '#app',
    '.',
  ],

  'control characters and white space': CONTROLS.flatMap((code) => {
    const [c, encodedHost] = [character(code), encodeURIComponent(character(code))]
    return [
      `${c}${HOME}`,
      `${HOME}${c}`,
      `https://${HOST}${c}.evil.example/app`,
      `https://evil.example${c}${HOST}/app`,
      `ht${c}tps://${HOST}/app`,
      `https://${HOST}${encodedHost}/app`,
    ]
  }),

  'headers in the address': ['\r\n', '\n', '\r', '\r\n\r\n', '\u560d\u560a\n', '\u2028\r'].flatMap((line) => [
    `${HOME}${line}Set-Cookie: a=b`,
    `${HOME}/${line}Location: https://evil.example`,
    `${HOME}?x=${line}X: y`,
  ]),

  backslashes: [
    `https://evil.example\\@${HOST}/app`,
    `https://${HOST}\\@evil.example/app`,
    `https://${HOST}\\.evil.example/app`,
    `https://${HOST}/app\\..\\x`,
    `https://${HOST}/app\\`,
    `https://evil.example\\${HOST}/app`,
    `https://evil.example/\\${HOST}/app`,
    `\\${HOME}`,
  ],

  fragments: ['#', '#x', '#/../x', '?#', '#@evil.example', '/#https://evil.example'].map((end) => `${HOME}${end}`),

  ...HOSTILE_PATHS,
}
