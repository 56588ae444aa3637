/** A browser without a screen: it keeps cookies and follows no redirect by itself. */
import assert from 'node:assert/strict'
import type { Answer, App } from './ask.ts'
import { create, makeWorld, type Wishes, type World } from './world.ts'

export const SERVICE = 'https://service.example/app'

export function browserOf(app: App) {
  const cookies = new Map<string, string>()
  async function visit<Body = Record<string, unknown>>(
    method: string,
    path: string,
    form?: Record<string, string>,
    headers: Record<string, string> = {},
  ): Promise<Answer<Body>> {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await app.request<Body>(method, path, {
      ...(form && { body: new URLSearchParams(form) }),
      headers: { ...(cookie && { cookie }), ...headers },
    })
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (/max-age=0/i.test(line)) cookies.delete(name)
      else cookies.set(name, value)
    }
    return answer
  }
  return { cookies, visit }
}

export type Browser = ReturnType<typeof browserOf>

/** Where an answer leads. */
export function locationOf(answer: Answer): string {
  const location = answer.headers.get('location')
  assert.ok(location, `${answer.status} ${answer.text}`)
  return location
}

/** From the gateway's login to the form of the hosted page; answers the flow's name. */
export async function startLogin({ visit }: Browser, world: World, callback = SERVICE): Promise<string> {
  const query = new URLSearchParams({ callback, org: world.tenant.key })
  const started = await visit('GET', `/imsg-service/v1/login?${query}`)
  assert.equal(started.status, 302, started.text)
  return new URL(locationOf(started), 'http://x').searchParams.get('flow') ?? ''
}

/** The whole trip with a password; answers the way back to the service. */
export async function logInAtGateway(browser: Browser, world: World, callback = SERVICE): Promise<string> {
  const flow = await startLogin(browser, world, callback)
  const { username, password } = world.user
  const posted = await browser.visit('POST', '/login/password', { flow, username, password })
  assert.equal(posted.status, 303, posted.text)
  const back = await browser.visit('GET', locationOf(posted))
  assert.equal(back.status, 302, back.text)
  return locationOf(back)
}

/** A tenant with the units news and sport, whose person is in the given ones, logged in at the gateway. */
export async function comeIn(at: App, units = ['news', 'sport'], wishes: Wishes = {}) {
  const world = await makeWorld(at, { tenant: { callbackUrls: [SERVICE] }, ...wishes })
  const unitsPath = `/v1/tenants/${world.tenant.id}/units`
  for (const name of ['news', 'sport', 'weather']) await create(at, unitsPath, { name })
  await at.admin.patch(`/v1/users/${world.user.id}/memberships/${world.membership.id}`, { units })
  const browser = browserOf(at)
  await logInAtGateway(browser, world)
  const ask = async (method: string, path: string, headers: Record<string, string> = {}, body?: unknown) => {
    const cookie = `imidToken=${browser.cookies.get('imidToken')}`
    return at.request<unknown>(method, `/imsg-service/v1${path}`, { headers: { cookie, ...headers }, body })
  }
  return { world, browser, ask, credential: browser.cookies.get('imidToken') ?? '' }
}
