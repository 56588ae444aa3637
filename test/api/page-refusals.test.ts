/** What is sent to the hosted pages wrongly is refused with a page: whoever reads it is a person in a browser. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { type Answer, type App, startApp } from '../support/app.ts'

const HTML = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'

interface Described {
  tags: string[]
  parameters?: { name: string; in: string }[]
  requestBody?: { content: Record<string, { schema: { properties: Record<string, unknown> } }> }
}

let app: App
const posts: { path: string; fields: string[] }[] = []
const gets: { path: string; fields: string[] }[] = []
before(async () => {
  app = await startApp()
  const { paths } = (await app.get<{ paths: Record<string, Record<string, Described>> }>('/openapi.json')).body
  for (const [path, { get, post }] of Object.entries(paths)) {
    const query = get?.parameters?.filter((parameter) => parameter.in === 'query').map(({ name }) => name) ?? []
    if (query.length > 0 && (get?.tags[0] === 'pages' || path === '/register-device'))
      gets.push({ path, fields: query })
    const schema = post?.tags[0] === 'pages' && Object.values(post.requestBody?.content ?? {})[0]?.schema
    if (schema) posts.push({ path, fields: Object.keys(schema.properties) })
  }
})

const visit = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
  app.request(method, path, { body, headers: { accept: HTML, ...headers } })

/** A page of the pages' own shape, in English unless another language was asked for. */
function isPage({ status, headers, text }: Answer, expected: number, lang = 'en'): void {
  assert.equal(status, expected, text)
  assert.match(headers.get('content-type') ?? '', /^text\/html/)
  assert.match(headers.get('content-security-policy') ?? '', /^default-src 'none'; style-src 'nonce-/)
  assert.match(text, new RegExp(`^<!doctype html><html lang="${lang}">`))
}

describe('a form of the pages', () => {
  test('each is among those asked here', () => {
    assert.ok(posts.length >= 13, String(posts.length))
    assert.ok(gets.length >= 7, String(gets.length))
  })

  test('with a field twice is refused with a page', async () => {
    for (const { path, fields } of posts)
      for (const name of fields) {
        const form = new URLSearchParams(fields.map((field) => [field, 'x']))
        form.append(name, 'y')
        const answer = await visit('POST', path, form)
        isPage(answer, 400)
        assert.match(answer.text, /Something that was sent is missing/, `${path} ${name}`)
      }
  })

  test('without its fields is refused with a page', async () => {
    for (const { path, fields } of posts) {
      // The name of a login may be missing, as its cookie may: then the login has ended.
      isPage(await visit('POST', path, new URLSearchParams()), fields.join() === 'flow' ? 410 : 400)
    }
  })

  test('of another content type, or of none, is refused with a page', async () => {
    for (const { path } of posts) {
      isPage(await visit('POST', path, { flow: 'x' }), 415)
      isPage(await visit('POST', path, new FormData()), 415)
      isPage(await visit('POST', path), 415)
    }
  })

  test('that is too large, or comes from elsewhere, is refused with a page', async () => {
    for (const { path } of posts) {
      isPage(await visit('POST', path, new URLSearchParams({ flow: 'x'.repeat(300_000) })), 413)
      const foreign = await visit('POST', path, new URLSearchParams(), { 'sec-fetch-site': 'cross-site' })
      isPage(foreign, 403)
      assert.match(foreign.text, /The page that sent you here/)
    }
  })

  test('opened with a parameter twice is refused with a page', async () => {
    for (const { path, fields } of gets)
      for (const name of fields) isPage(await visit('GET', `${path}?${name}=x&${name}=y`), 400)
  })

  test('is refused in the language of the browser, and with a problem only to those who ask for one', async () => {
    const ask = (headers: Record<string, string>) => visit('POST', '/login/password', new URLSearchParams(), headers)
    isPage(await ask({ 'accept-language': 'sv' }), 400, 'sv')
    isPage(await ask({ accept: '*/*' }), 400)
    const problem = await ask({ accept: 'application/json' })
    assert.equal(problem.headers.get('content-type'), 'application/problem+json')
    assert.equal(problem.body['status'], 400)
  })
})
