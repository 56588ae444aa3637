/** @jsxImportSource hono/jsx */
/** The frame of every page: one stylesheet under a nonce, no inline script, nothing from elsewhere, light and dark. */
import type { Context } from 'hono'
import { html, raw } from 'hono/html'
import type { Child } from 'hono/jsx'
import { randomToken } from '../core/crypto.ts'
import { type Script, scriptUrl } from './scripts.ts'
import { STYLE } from './style.ts'

interface Page {
  title: string
  /** A BCP 47 tag: the language that the words of the page are in. */
  lang?: string
  scripts?: readonly Script[]
  /** The tenant's, for buttons; white text is legible on it. */
  color?: string | undefined
  /** Where pictures may come from, beside ourselves. */
  imageOrigin?: string | undefined
  /** Where a form of this page may end up, beside here. */
  formOrigins?: string[]
}

export function renderPage(c: Context, page: Page, content: Child): Response | Promise<Response> {
  const { title, lang = 'en', scripts = [], color } = page
  const nonce = randomToken(16)
  c.header('Content-Security-Policy', policy(page, nonce))
  c.header('Referrer-Policy', 'same-origin')
  return c.html(
    html`<!doctype html>${(
      <html lang={lang}>
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <title>{title}</title>
          <link rel="icon" href="data:," />
          <style nonce={nonce}>{raw(color ? `${STYLE}:root { --brand: ${color}; --on-brand: #fff; }` : STYLE)}</style>
          {scripts.map((name) => (
            <script src={scriptUrl(name)} defer></script>
          ))}
        </head>
        <body>
          <main>{content}</main>
        </body>
      </html>
    )}`,
  )
}

function policy({ scripts = [], imageOrigin = '', formOrigins = [] }: Page, nonce: string): string {
  return [
    "default-src 'none'",
    `style-src 'nonce-${nonce}'`,
    `img-src 'self' data: ${imageOrigin}`.trim(),
    ["form-action 'self'", ...formOrigins].join(' '),
    "frame-ancestors 'none'",
    "base-uri 'none'",
    ...(scripts.length > 0 ? ["script-src 'self'", "connect-src 'self'"] : []),
  ].join('; ')
}
