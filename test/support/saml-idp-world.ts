/** A tenant that logs in by SAML, and a login taken apart: started, answered by hand, posted. */
import assert from 'node:assert/strict'
import type { Answer, App } from './ask.ts'
import { type ConnectedWorld, clientForm, makeConnectedWorld, openSignUp, tokensFor } from './federation.ts'
import { type Person, readRequest, type SamlProvider } from './saml-idp.ts'
import type { Login } from './saml-idp-messages.ts'
import { ORIGIN } from './variables.ts'
import { arrival, openVisitor } from './visitor.ts'
import { bearer, type Wishes } from './world.ts'

export const CONSUMER_URL = `${ORIGIN}/auth/saml-redirect`

export const settingsOf = ({ entityId, ssoUrl, key }: SamlProvider) => ({
  entityId,
  ssoUrl,
  certificates: [key.certificate],
})

export function makeSamlWorld(app: App, idp: SamlProvider, more: object = {}, wishes: Wishes = {}) {
  const connection = { kind: 'saml', name: 'Company login', saml: settingsOf(idp), ...more }
  return makeConnectedWorld(app, connection, { ...wishes, tenant: { signUp: openSignUp(), ...wishes.tenant } })
}

export const newPerson = (attributes: Person['attributes'] = {}): Person => {
  const nameId = `ada.${crypto.randomUUID()}@example.com`
  return { nameId, attributes: { mail: nameId, givenName: 'Ada', sn: 'Lovelace', ...attributes } }
}

/** Through the identity provider and back: what the client is told. */
export async function logInAt(app: App, idp: SamlProvider, world: ConnectedWorld, person: Person, more: object = {}) {
  idp.person = person
  return arrival(await openVisitor(app).logIn('/auth/saml', { ...clientForm(world), ...more }))
}

/** Whom the code is for. */
export async function meOf(app: App, world: ConnectedWorld, arrived: Record<string, string>) {
  const tokens = await tokensFor(app, world, arrived)
  return (await app.get<Record<string, unknown>>('/auth/me', bearer(tokens))).body
}

export interface Begun {
  login: Login
  relayState: string
  /** What the browser sends along. */
  cookie: string
}

/** Up to the identity provider, which does not get to see the request. */
export async function begin(app: App, world: ConnectedWorld, idp: SamlProvider, more: object = {}): Promise<Begun> {
  const form = new URLSearchParams({ ...clientForm(world), ...more })
  const { status, headers, text } = await app.post('/auth/saml', form)
  assert.equal(status, 302, text)
  const { searchParams } = new URL(headers.get('location') ?? '')
  const request = readRequest(searchParams.get('SAMLRequest') ?? '')
  const [cookie = ''] = (headers.get('set-cookie') ?? '').split(';')
  const login = {
    entityId: idp.entityId,
    audience: entityIdOf(world),
    consumerUrl: CONSUMER_URL,
    requestId: request.id,
    subject: `ada.${crypto.randomUUID()}@example.com`,
    now: app.now(),
  }
  return { login, relayState: searchParams.get('RelayState') ?? '', cookie }
}

export const entityIdOf = ({ connection }: ConnectedWorld) => `${ORIGIN}/auth/saml/metadata?connection=${connection.id}`

/** Bytes or XML, as the browser posts it. */
export function post(
  app: App,
  { relayState, cookie }: Partial<Begun>,
  xml: string | Uint8Array,
  query = '',
): Promise<Answer> {
  const SAMLResponse = Buffer.from(xml as string).toString('base64')
  const form = new URLSearchParams({ SAMLResponse, ...(relayState ? { RelayState: relayState } : {}) })
  return app.post(`/auth/saml-redirect${query}`, form, cookie ? { cookie } : {})
}

/** What the client is told; fails where the browser is not sent there. */
export function told(answer: Answer): Record<string, string> {
  assert.equal(answer.status, 302, answer.text)
  const url = new URL(answer.headers.get('location') ?? '')
  assert.equal(url.origin, 'https://app.example')
  return Object.fromEntries(url.searchParams)
}

/** How much of what a login leaves behind there is. */
export async function countTraces(app: App): Promise<unknown> {
  const [row] = await app.rows(`select (select count(*) from users) users, (select count(*) from identities) identities,
    (select count(*) from memberships) memberships, (select count(*) from sessions) sessions,
    (select count(*) from audit) audit, (select count(*) from login_activity) activity,
    (select count(*) from one_time_secrets where kind <> 'federation_flow') secrets`)
  return row
}
