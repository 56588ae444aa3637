/** What one tenant sends about another: everything of the other but the credential. */
import type { Sent } from './ask.ts'
import { namedParts } from './belongings.ts'
import { goodRequestOf } from './good-requests.ts'
import type { Route } from './routes.ts'
import { type Sample, toRequest } from './samples.ts'
import type { Names, Party } from './two-tenants.ts'

export type Request = [path: string, sent: Sent]

/** As `mine`, about what has these names; `changes` are parts of the sample to be sent instead. */
export function requestAbout(route: Route, named: Names, mine: Party, changes: Partial<Sample> = {}): Request {
  const [door] = route.doors
  const sample: Sample = { ...goodRequestOf(route, named.world), ...changes }
  const byClient = door === 'client' || door === 'possession'
  const members: Record<string, unknown> = {
    refreshToken: named.tokens.refreshToken,
    code: named.code,
    flow: named.flow,
    imid_token: named.imidToken,
    ...(byClient && {
      client_id: mine.world.client.clientId,
      client_secret: mine.world.client.clientSecret,
      clientId: mine.world.client.clientId,
      // Nobody knows the passwords of others; of one's own tenant's people it may be right.
      password: 'not the password 1',
    }),
  }
  const swap = <Part extends object>(part: Part, given: object = {}) =>
    Object.fromEntries(
      Object.entries(part).map(([name, value]) => [name, name in given ? value : (members[name] ?? value)]),
    ) as Part
  const { query = {}, headers = {}, body, form } = sample
  const ids = Object.fromEntries(
    namedParts(route).map(({ before, name }) => [name, sample.params?.[name] ?? named.ids[before] ?? named.ids[name]]),
  )
  const [path, sent] = toRequest(route, {
    params: defined(ids),
    query: swap(query, changes.query),
    headers: { ...swap(headers, changes.headers), ...credentialFor(route, mine) },
    ...(body && { body: swap(body, changes.body) }),
    ...(form && { form: swap(form, changes.form) }),
  })
  return [path, { ...sent, headers: { ...sent.headers, ...(door === 'hmac' && mine.sign(path)) } }]
}

/** Where half of the credential is another's: a client's name, or the token beside the key. */
export function mixedRequest(route: Route, named: Names & Partial<Party>, mine: Party): Request | undefined {
  const [door] = route.doors
  if (door === 'member') {
    const [path, sent] = requestAbout(route, mine, mine)
    const authorization = named.credentials?.['member']?.['authorization'] ?? 'Bearer nobodys'
    return [path, { ...sent, headers: { ...sent.headers, authorization } }]
  }
  const { body, form } = goodRequestOf(route, mine.world)
  const halves = { client_id: named.world.client.clientId, client_secret: mine.world.client.clientSecret }
  if (door !== 'client' || !(body ?? form)?.['client_id']) return undefined
  return requestAbout(route, mine, mine, form ? { form: { ...form, ...halves } } : { body: { ...body, ...halves } })
}

function credentialFor({ name, doors: [door] }: Route, { credentials }: Party): Record<string, string> {
  if (name.endsWith('/callback')) return credentials['arrival'] ?? {}
  if (/ \/login(\/|$)/.test(name)) return credentials['flow'] ?? {}
  if (name.endsWith('/token-refresh')) return credentials['bearer'] ?? {}
  return credentials[door ?? ''] ?? {}
}

function defined<T>(members: Record<string, T | undefined>): Record<string, T> {
  return Object.fromEntries(Object.entries(members).filter((entry): entry is [string, T] => entry[1] !== undefined))
}
