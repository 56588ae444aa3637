/** A person at the hosted login of an organisation, who logs in with an identity provider. */
import assert from 'node:assert/strict'
import type { Answer, App } from './ask.ts'
import { SERVICE } from './gateway.ts'
import { openVisitor, type Person } from './visitor.ts'
import type { World } from './world.ts'

export const CALLBACK_PATH = '/imsg-service/v1/callback'

export type HostedVisitor = ReturnType<typeof openHosted>

export function openHosted(app: App, { subject = '', ...person }: Person & { subject?: string } = {}) {
  const visitor = openVisitor(app, { ...person, answers: { login: subject, password: 'any', ...person.answers } })
  const at = (path: string) => new URL(path, app.origin).href

  /** What the gateway answers to somebody whom a service has sent. */
  const begin = ({ tenant }: Pick<World, 'tenant'>, callback = SERVICE) =>
    visitor.ask(at(`/imsg-service/v1/login?${new URLSearchParams({ org: tenant.key, callback })}`))

  /** The page of the organisation, and the name of the login that has begun. */
  async function open(world: Pick<World, 'tenant'>, callback = SERVICE) {
    const url = new URL(whereTo(await begin(world, callback)), app.origin)
    assert.equal(url.pathname, '/login')
    return { flow: url.searchParams.get('flow') ?? '', page: await visitor.ask(url.href) }
  }

  /** Follows the link to the provider of this name; the answer leads there. */
  function choose(page: Answer, name: string): Promise<Answer> {
    const link = new RegExp(`href="(/login/provider[^"]*)">[^<]*${name}<`).exec(page.text)?.[1]
    assert.ok(link, `no link to ${name}: ${page.text}`)
    return visitor.ask(at(link.replaceAll('&amp;', '&')))
  }

  /** From an answer to wherever the browser ends up. */
  const follow = (answer: Answer, stopBefore?: (url: URL) => boolean) => visitor.follow(answer, app.origin, stopBefore)

  return {
    visitor,
    begin,
    open,
    choose,
    follow,
    get: (path: string) => visitor.ask(at(path)),
    post: (path: string, form: Record<string, string>) => visitor.ask(at(path), new URLSearchParams(form)),
    /** From the page to wherever the browser ends up. */
    async logIn(world: Pick<World, 'tenant'>, name: string, stopBefore?: (url: URL) => boolean) {
      const { page } = await open(world)
      return follow(await choose(page, name), stopBefore)
    },
    /** As far as the gateway's callback, with the token in its address. */
    logInAsFarAsCallback(world: Pick<World, 'tenant'>, name: string) {
      return this.logIn(world, name, ({ pathname }) => pathname === CALLBACK_PATH)
    },
    /** Whether there is a session. */
    isIn: async () => (await visitor.ask(at('/imsg-service/v1/token-is-set'))).status === 200,
  }
}

export function whereTo(answer: Answer): string {
  const location = answer.headers.get('location')
  assert.ok(location, `${answer.status} ${answer.text}`)
  return location
}

/** A tenant whose services may send people, as far as it is not wished otherwise. */
export const forService = (wishes: object = {}) => ({ callbackUrls: [SERVICE], ...wishes })
