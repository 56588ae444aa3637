/** A person with a browser, without the browser: keeps cookies, follows redirects, fills in forms, stops at the client. */
import assert from 'node:assert/strict'
import type { Answer, App } from './ask.ts'

export interface Person {
  /** What is typed into a form, by the field's name. */
  answers?: Record<string, string>
  /** Stops at the first form whose page has a link of this name, by following it. */
  cancel?: string
  /** Comes with whatever is posted to us. */
  posted?: Record<string, string>
}

type Jar = Map<string, Map<string, string>>

export type Visitor = ReturnType<typeof openVisitor>

export function openVisitor(app: App, person: Person = {}) {
  const jar: Jar = new Map()
  const { origin: ours } = app

  /** One request, without following anything. */
  async function ask(url: string, form?: URLSearchParams): Promise<Answer> {
    const { origin, pathname, search } = new URL(url)
    const headers: Record<string, string> = { accept: 'text/html' }
    const cookies = [...(jar.get(origin) ?? [])].map(([name, value]) => `${name}=${value}`).join('; ')
    if (cookies) headers['cookie'] = cookies
    const answer =
      origin === ours
        ? await app.request(form ? 'POST' : 'GET', `${pathname}${search}`, { headers, body: form })
        : await askOthers(url, form, headers)
    keep(jar, origin, answer.headers.getSetCookie())
    return answer as Answer
  }

  /**
   * Until the browser is sent away from us and the providers, or to where it shall stop: the address it is sent to, or
   * the answer it stops at.
   */
  async function follow(
    answer: Answer,
    at: string,
    stopBefore = (_: URL): boolean => false,
  ): Promise<{ url: URL; answer: Answer }> {
    for (let step = 0; step < 20; step++) {
      const location = answer.headers.get('location')
      if (location) {
        const next = new URL(location, at)
        if (!isHere(next) || stopBefore(next)) return { url: next, answer }
        at = next.href
        answer = await ask(at)
        continue
      }
      const form = readForm(answer.text, person)
      if (!form) return { url: new URL(at), answer }
      at = new URL(form.action, at).href
      if (at.startsWith(ours))
        for (const [name, value] of Object.entries(person.posted ?? {})) form.fields?.set(name, value)
      answer = await ask(at, form.fields)
    }
    throw new Error('going round in circles')
  }

  return {
    jar,
    ask,
    follow,
    /** From a form on the client's page to wherever the browser ends up. */
    async logIn(path: string, form: Record<string, string>) {
      return follow(await ask(`${ours}${path}`, new URLSearchParams(form)), ours)
    },
  }
}

/** What the client gets in the end. */
export function arrival({ url, answer }: { url: URL; answer: Answer }) {
  assert.ok(!isHere(url), `stopped at ${url.origin}${url.pathname}: ${answer.status} ${answer.text.slice(0, 300)}`)
  return Object.fromEntries(url.searchParams)
}

const isHere = ({ hostname }: URL) => hostname === 'localhost' || hostname === '127.0.0.1'

async function askOthers(
  url: string,
  form: URLSearchParams | undefined,
  headers: Record<string, string>,
): Promise<Answer> {
  const response = await fetch(url, { method: form ? 'POST' : 'GET', body: form ?? null, headers, redirect: 'manual' })
  return { status: response.status, headers: response.headers, body: undefined, text: await response.text() }
}

function keep(jar: Jar, origin: string, cookies: string[]): void {
  const kept = jar.get(origin) ?? new Map<string, string>()
  jar.set(origin, kept)
  for (const cookie of cookies) {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
    if (/max-age=0|expires=Thu, 01 Jan 1970/i.test(cookie)) kept.delete(name)
    else kept.set(name, value)
  }
}

function readForm(
  page: string,
  { answers = {}, cancel }: Person,
): { action: string; fields?: URLSearchParams } | undefined {
  const link = cancel && new RegExp(`<a href="([^"]+)">[^<]*${cancel}`).exec(page)?.[1]
  if (link) return { action: unescapeHtml(link) }
  const [, attributes, content = ''] = /<form([^>]*)>([\s\S]*?)<\/form>/.exec(page) ?? []
  const action = attributes && /action="([^"]*)"/.exec(attributes)?.[1]
  if (!action) return undefined
  const fields = new URLSearchParams()
  for (const [input] of content.matchAll(/<input[^>]*>/g)) {
    const [, name] = /name="([^"]*)"/.exec(input) ?? []
    if (name) fields.set(name, answers[name] ?? unescapeHtml(/value="([^"]*)"/.exec(input)?.[1] ?? ''))
  }
  return { action: unescapeHtml(action), fields }
}

const ENTITIES: Record<string, string> = { amp: '&', quot: '"', lt: '<', gt: '>', '#39': "'" }
const unescapeHtml = (text: string) => text.replace(/&(amp|quot|lt|gt|#39);/g, (_, name) => ENTITIES[name] ?? '')
