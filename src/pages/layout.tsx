/** @jsxImportSource hono/jsx */
/** The frame of every page: one stylesheet under a nonce, no script, nothing from elsewhere, light and dark. */
import type { Context } from 'hono'
import { html, raw } from 'hono/html'
import type { Child } from 'hono/jsx'
import { randomToken } from '../core/crypto.ts'
import { STYLE } from './style.ts'

interface Page {
  title: string
  /** A BCP 47 tag: the language that the words of the page are in. */
  lang?: string
}

export function renderPage(c: Context, { title, lang = 'en' }: Page, content: Child): Response | Promise<Response> {
  const nonce = randomToken(16)
  c.header(
    'Content-Security-Policy',
    `default-src 'none'; style-src 'nonce-${nonce}'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`,
  )
  return c.html(
    html`<!doctype html>${(
      <html lang={lang}>
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <title>{title}</title>
          <link rel="icon" href="data:," />
          <style nonce={nonce}>{raw(STYLE)}</style>
        </head>
        <body>
          <main>{content}</main>
        </body>
      </html>
    )}`,
  )
}
