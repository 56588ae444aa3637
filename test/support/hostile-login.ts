/** One login at a provider that answers whatever a test wishes, step by step. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { App } from './ask.ts'
import { clientForm, makeConnectedWorld, openSignUp, tokensFor } from './federation.ts'
import { type HostileIdp, startHostileIdp, type Wishes } from './idp-hostile.ts'
import { ORIGIN } from './variables.ts'
import { openVisitor, type Visitor } from './visitor.ts'
import type { World } from './world.ts'

export const CALLBACK = `${ORIGIN}/auth/oidc-auth-redirect`

export type Stage = Awaited<ReturnType<typeof setStage>>

let people = 0
export const newSubject = () => `hostile-${Date.now()}-${people++}`
export const claimsOf = (subject: string) => ({ sub: subject, email: `${subject}@example.com`, email_verified: true })

/** One that is not shared. */
export async function startOwn(t: TestContext, app: App): Promise<HostileIdp> {
  const own = await startHostileIdp(app)
  t.after(() => own.stop())
  return own
}

export async function setStage(app: App) {
  const idp = await startHostileIdp(app)
  const world = await makeConnectedWorld(app, idp.connection, { tenant: { signUp: openSignUp() } })

  /** As far as the provider: the browser, and what the provider was told. */
  async function depart(of: Pick<World, 'client'> = world, more: Record<string, string> = {}) {
    const visitor = openVisitor(app)
    const form = new URLSearchParams({ ...clientForm(of), ...more })
    const { headers, text } = await visitor.ask(`${ORIGIN}/auth/oidc`, form)
    const location = headers.get('location')
    assert.ok(location, text)
    const { searchParams } = new URL(location)
    return { visitor, state: searchParams.get('state') ?? '', nonce: searchParams.get('nonce') ?? '' }
  }

  /** Back from it; the answer, and what the client is told if it is told anything. */
  async function comeBack(visitor: Visitor, parameters: Record<string, string>, callback = CALLBACK) {
    const answer = await visitor.ask(`${callback}?${new URLSearchParams(parameters)}`)
    const location = answer.headers.get('location')
    return { answer, told: location ? Object.fromEntries(new URL(location).searchParams) : {} }
  }

  /** A whole login; `subject` is whom the provider claims to know. */
  async function logIn(wishes: Wishes = {}, subject = newSubject()) {
    const { visitor, state, nonce } = await depart()
    idp.wish({ ...wishes, claims: { ...claimsOf(subject), nonce, ...wishes.claims } })
    const startedAt = Date.now()
    const { told, answer } = await comeBack(visitor, { code: 'a code', state })
    return { told, answer, subject, state, visitor, tookMs: Date.now() - startedAt }
  }

  async function assertNothingStored(subject: string) {
    assert.deepEqual(await app.rows('select * from identities where subject = ?', subject), [])
    assert.deepEqual(await app.rows('select * from users where email_key = ?', `${subject}@example.com`), [])
  }

  async function assertRefused(wishes: Wishes, error = 'server_error') {
    const { told, subject, tookMs } = await logIn(wishes)
    assert.equal(told['error'], error)
    assert.equal(told['code'], undefined)
    assert.ok(told['error_description'])
    assert.ok(tookMs < 9_000, `${tookMs} ms`)
    await assertNothingStored(subject)
  }

  return {
    idp,
    world,
    depart,
    comeBack,
    logIn,
    assertNothingStored,
    assertRefused,
    letsPeopleIn: async () => void (await tokensFor(app, world, (await logIn()).told)),
  }
}

/** First and last in a file: what is refused in between is refused for what is wrong with it. */
export function testThatItLetsPeopleIn(stage: () => Stage, when: 'before' | 'after'): void {
  test(`${when} the rest, a provider that behaves lets people in`, () => stage().letsPeopleIn())
}
