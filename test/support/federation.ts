/** A tenant whose people log in through a provider. */
import assert from 'node:assert/strict'
import { PROVIDERS, type ProviderName } from '../../src/core/federation/providers.ts'
import type { Answer, App } from './ask.ts'
import { arrival, openVisitor, type Person } from './visitor.ts'
import { create, makeWorld, type Tokens, type Wishes, type World } from './world.ts'

/** As the admin API shows it. */
export interface Connection {
  id: string
  [member: string]: unknown
}

export interface ConnectedWorld extends World {
  connection: { id: string }
}

/** The tenant's own connection, made of what the provider says it needs. */
export async function makeConnectedWorld(app: App, connection: object, wishes: Wishes = {}): Promise<ConnectedWorld> {
  const world = await makeWorld(app, wishes)
  return { ...world, connection: await connect(app, world, connection) }
}

export const connect = ({ ...app }: App, { tenant }: Pick<World, 'tenant'>, connection: object) =>
  create<{ id: string }>(app, '/v1/connections', { tenantId: tenant.id, ...connection })

export const openSignUp = (roleId: string | null = null) => ({ mode: 'open', roleId, emailDomains: [] })

export const clientForm = ({ client }: Pick<World, 'client'>) => ({
  client_id: client.clientId,
  client_secret: client.clientSecret,
})

/** What the client gets at its redirectUrl: `code` or `error`, and the `state` that it sent. */
export async function logInThrough(
  app: App,
  world: Pick<World, 'client'>,
  kind: ProviderName,
  person: Person & { subject?: string } = {},
  more: Record<string, string> = {},
) {
  const answers = { login: person.subject ?? '', password: 'any', ...person.answers }
  const visitor = openVisitor(app, { ...person, answers })
  return arrival(await visitor.logIn(PROVIDERS[kind].paths.start, { ...clientForm(world), ...more }))
}

/** The tokens that the code is good for. */
export async function tokensFor(
  app: App,
  { client }: Pick<World, 'client'>,
  { code, ...rest }: { code?: string | undefined },
): Promise<Tokens> {
  assert.ok(code, JSON.stringify(rest))
  const { status, body, text } = await app.post<Tokens>('/auth/token', { code, clientId: client.clientId })
  assert.equal(status, 200, text)
  return body
}

/** 400 that names the field. */
export function assertIssue(answer: Answer, path: string): void {
  assert.equal(answer.status, 400, answer.text)
  const { issues } = answer.body as { issues: { path: string }[] }
  assert.ok(
    issues.some((issue) => issue.path === path),
    answer.text,
  )
}
