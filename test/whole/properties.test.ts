/** Whatever one person does in whatever order: exactly those tokens are good that a model of a few lines says are. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import * as fc from 'fast-check'
import { type App, LIBSQL_ONLY, startApp } from '../support/app.ts'
import { holds } from '../support/replay.ts'
import {
  find,
  MOST_WRONG,
  type Model,
  newModel,
  type Step,
  steps,
  take,
  WAIT_SECONDS,
} from '../support/session-model.ts'
import { bearer, create, credentialsOf, makeWorld, type Tokens, type World } from '../support/world.ts'

const RUNS = 6
const NAME = 'agree with the model after each step'

let app: App

before(async () => {
  app = await startApp({ LOGIN_LIMIT_PER_USERNAME: String(MOST_WRONG) })
})

describe('the tokens of a person', LIBSQL_ONLY, () => {
  test(NAME, () => holds({ file: 'whole/properties.test.ts', name: NAME, runs: RUNS }, fc.asyncProperty(steps, play)))
})

/** What the service gave out: for each session the code, and the tokens by generation. */
interface Given {
  code: string | undefined
  tokens: Tokens[]
}

async function play(sequence: Step[]): Promise<void> {
  const model = newModel()
  const person = await makePerson()
  const given: Given[] = []
  for (const [n, step] of sequence.entries()) {
    const before = structuredClone(model)
    const expected = take(model, step)
    const said = `step ${n}, ${JSON.stringify(step)}, of ${JSON.stringify(before.sessions)}`
    assert.equal(await carryOut(step, before, person, given), expected, said)
    await compare(model, person, given, said)
  }
}

type Person = Awaited<ReturnType<typeof makePerson>>

async function makePerson() {
  const [world, elsewhere, strange] = [await makeWorld(app), await makeWorld(app), await makeWorld(app)]
  const membership = { tenantId: elsewhere.tenant.id, roleId: elsewhere.role.id }
  await create(app, `/v1/users/${world.user.id}/memberships`, membership)
  const passwords = [world.user.password]
  return {
    passwords,
    clients: [world, { ...world, client: elsewhere.client }] as const satisfies World[],
    tenants: { one: world.tenant.id, two: elsewhere.tenant.id, 'a strange tenant': strange.tenant.id },
    user: world.user,
  }
}

/** Does it, keeps what is given out for it, and answers the status; nothing where the step has nothing to speak of. */
async function carryOut(step: Step, model: Model, person: Person, given: Given[]): Promise<number | undefined> {
  const tokensOf = (pair: { session: number; back: number }) => {
    const found = find(model, pair)
    return found && given[found.index]?.tokens[found.generation - 1]
  }
  switch (step.do) {
    case 'log in':
      return logIn(step, person, given)
    case 'use the code again': {
      const index = step.session % model.sessions.length
      const code = given[index]?.code
      const clientId = person.clients[model.sessions[index]?.client ?? 0]?.client.clientId
      return (code && (await app.post('/auth/token', { code, clientId })).status) || undefined
    }
    case 'refresh':
    case 'refresh with the access token of another':
    case 'switch': {
      const presented = tokensOf(step.pair)
      const access = step.do === 'refresh with the access token of another' ? tokensOf(step.other) : presented
      if (!presented || !access) return undefined
      const path = step.do === 'switch' ? '/auth/switch-token' : '/auth/token-refresh'
      const tenantId = step.do === 'switch' ? person.tenants[step.to] : undefined
      const body = { refreshToken: presented.refreshToken, tenantId }
      const answer = await app.post<Tokens>(path, body, bearer(access))
      if (answer.status === 200) keepSuccessor(find(model, step.pair), answer.body, given)
      return answer.status
    }
    case 'log out': {
      const [access, refreshed] = [tokensOf(step.pair), tokensOf(step.refresh)]
      if (!access || !refreshed) return undefined
      return (await app.post('/logout', { refreshToken: refreshed.refreshToken }, bearer(access))).status
    }
    case 'change the password': {
      const tokens = tokensOf(step.pair)
      if (!tokens) return undefined
      const next = `good password ${crypto.randomUUID()}`
      const oldPassword = step.old === 'right' ? person.passwords.at(-1) : 'wrong password 1'
      const { username } = person.user
      const body = { refreshToken: tokens.refreshToken, username, oldPassword, password: next }
      const { status } = await app.patch('/auth/change-password', body, bearer(tokens))
      if (status === 200) person.passwords.push(next)
      return status
    }
    case 'revoke':
      return (await app.admin.post(`/v1/users/${person.user.id}/sessions/revoke`)).status
    case 'wait':
      await app.wait(WAIT_SECONDS)
      return undefined
  }
}

async function logIn(step: Extract<Step, { do: 'log in' }>, person: Person, given: Given[]): Promise<number> {
  const world = person.clients[step.client] ?? person.clients[0]
  const passwords = { right: person.passwords.at(-1), wrong: 'wrong password 1', old: person.passwords[0] }
  const request = { ...credentialsOf(world), password: passwords[step.password] }
  if (step.how === 'token') {
    const { status, body } = await app.post<Tokens>('/auth/login-token', request)
    if (status === 200) given.push({ code: undefined, tokens: [body] })
    return status
  }
  const { status, body } = await app.post<{ code: string }>('/auth/login', request)
  if (status !== 200) return status
  const { code } = body
  const exchanged = await app.post<Tokens>('/auth/token', { code, clientId: world.client.clientId })
  if (exchanged.status === 200) given.push({ code, tokens: [exchanged.body] })
  return exchanged.status
}

/** A repetition must get what the first one got. */
function keepSuccessor(presented: ReturnType<typeof find>, successor: Tokens, given: Given[]): void {
  assert.ok(presented)
  const tokens = given[presented.index]?.tokens ?? []
  const earlier = tokens[presented.generation]
  if (earlier) assert.equal(successor.refreshToken, earlier.refreshToken)
  else tokens.push(successor)
}

/** Every access token there ever was. */
async function compare({ sessions }: Model, { tenants }: Person, given: Given[], said: string): Promise<void> {
  assert.equal(given.length, sessions.length, said)
  for (const [index, { ended, generation, tenant }] of sessions.entries()) {
    const tokens = given[index]?.tokens ?? []
    assert.equal(tokens.length, generation, said)
    for (const [n, pair] of tokens.entries()) {
      const { status, body } = await app.get('/auth/me', bearer(pair))
      const good = !ended && n + 1 === generation
      assert.equal(status, good ? 200 : 401, `${said}: the access token of generation ${n + 1} of session ${index}`)
      if (good) assert.equal(body['tenantId'], tenants[tenant], said)
    }
  }
}
