/** @jsxImportSource hono/jsx */
/** `/docs`: the OpenAPI document in Swagger UI. Its files come from here, so it works offline and under a strict policy. */
import { html } from 'hono/html'
import { AppError } from '../core/errors.ts'
import { operation } from '../http/operation.ts'
import { createRouter } from '../http/router.ts'

/** Swagger UI writes style attributes; everything else is a file of ours. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

/** `validatorUrl: null`: else it would show the document to a host of its makers. */
const START = `document.documentElement.classList.toggle('dark-mode', matchMedia('(prefers-color-scheme: dark)').matches)
SwaggerUIBundle({ url: '/openapi.json', dom_id: '#docs', deepLinking: true, docExpansion: 'list', validatorUrl: null })
`

const TYPES: Record<string, string> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
}

const CACHE = { 'Cache-Control': 'public, max-age=3600' }

export const docs = createRouter()
  .get(
    '/docs',
    operation({ summary: 'The API for people', door: 'open', tag: 'service', answers: { 200: 'A page' } }),
    (c) => {
      c.header('Content-Security-Policy', POLICY)
      return c.html(html`<!doctype html>${<DocsPage />}`)
    },
  )

  .get(
    '/docs/start.js',
    operation({ summary: 'Starts that page', door: 'open', tag: 'service', answers: { 200: 'A script' } }),
    (c) => c.body(START, 200, { 'Content-Type': 'text/javascript; charset=utf-8', ...CACHE }),
  )

  .get(
    '/docs/:file',
    operation({ summary: 'A file of that page', door: 'open', tag: 'service', answers: { 200: 'A file' } }),
    async (c) => {
      const file = c.req.param('file')
      const type = Object.hasOwn(TYPES, file) && TYPES[file]
      if (!type) throw new AppError('not_found')
      const { body } = await c.var.deps.asset(file)
      return new Response(body, { headers: { 'Content-Type': type, ...CACHE } })
    },
  )

function DocsPage() {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Gatehouse API</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/docs/swagger-ui.css" />
        <style>{'body { margin: 0 }'}</style>
        <script src="/docs/swagger-ui-bundle.js" defer></script>
        <script src="/docs/start.js" defer></script>
      </head>
      <body>
        <main id="docs"></main>
        <noscript>
          This page needs JavaScript; the document itself is at <a href="/openapi.json">/openapi.json</a>.
        </noscript>
      </body>
    </html>
  )
}
