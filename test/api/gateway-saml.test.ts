/** The hosted login leads to a SAML identity provider, and back to the service. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { decodeJwt } from 'jose'
import { type App, startApp } from '../support/app.ts'
import { refusedOnPage } from '../support/auth-errors.ts'
import type { ConnectedWorld } from '../support/federation.ts'
import { SERVICE } from '../support/gateway.ts'
import { CALLBACK_PATH, forService, openHosted, whereTo } from '../support/hosted-login.ts'
import { readRequest, type SamlProvider, startSamlProvider } from '../support/saml-idp.ts'
import { write } from '../support/saml-idp-messages.ts'
import { CONSUMER_URL, entityIdOf, makeSamlWorld, newPerson } from '../support/saml-idp-world.ts'

let app: App
let idp: SamlProvider
/** Its people have no other way in. */
let world: ConnectedWorld

before(async () => {
  app = await startApp()
  idp = await startSamlProvider()
  world = await makeSamlWorld(
    app,
    idp,
    { groupRoles: { staff: 'editor' } },
    { tenant: forService({ loginMethods: ['sso'] }) },
  )
})
after(() => idp.close())

/** As far as the identity provider, whose answer is then written by hand. */
async function depart(of = world, person = openHosted(app)) {
  const { searchParams } = new URL(whereTo(await person.begin(of)))
  const request = readRequest(searchParams.get('SAMLRequest') ?? '')
  const { response } = write(
    {
      entityId: idp.entityId,
      audience: entityIdOf(of),
      consumerUrl: CONSUMER_URL,
      requestId: request.id,
      subject: `ada.${crypto.randomUUID()}@example.com`,
      now: app.now(),
    },
    idp.key,
  )
  const form = {
    SAMLResponse: Buffer.from(response).toString('base64'),
    RelayState: searchParams.get('RelayState') ?? '',
  }
  return { person, form }
}

describe('a tenant whose only way in is SAML', () => {
  test('sends people straight there, and on to the service with their groups', async () => {
    idp.person = newPerson({ groups: ['staff', 'others'] })
    const person = openHosted(app)
    const begun = await person.begin(world)
    assert.ok(whereTo(begun).startsWith(idp.ssoUrl))
    const stopped = await person.follow(begun, ({ pathname }) => pathname === CALLBACK_PATH)
    const { groups, org } = decodeJwt(stopped.url.searchParams.get('imid_token') ?? '')
    assert.deepEqual([groups, org], [['staff', 'others'], world.tenant.key])
    assert.equal((await person.follow(stopped.answer)).url.href, SERVICE)
    assert.ok(await person.isIn())
    const [role] = await app.rows(
      `select r.name from users u join memberships m on m.user_id = u.id join roles r on r.id = m.role_id
       where u.username_key = ?`,
      idp.person.nameId,
    )
    assert.deepEqual(role, { name: 'editor' })
  })

  test('has a page for what went wrong there, from where one may try again', async () => {
    idp.options = { error: { code: 'urn:oasis:names:tc:SAML:2.0:status:AuthnFailed' } }
    const person = openHosted(app)
    const { answer } = await person.follow(await person.begin(world))
    idp.options = {}
    assert.match(answer.text, /cancelled or refused[\s\S]*Continue with Company login/)
    idp.person = newPerson()
    assert.equal((await person.follow(await person.choose(answer, 'Company login'))).url.href, SERVICE)
  })
})

describe('a response', () => {
  test('counts once, of fifty at once, and in the browser that asked for it', async () => {
    const { person, form } = await depart()
    for (const other of [openHosted(app), (await depart()).person])
      refusedOnPage(await other.post('/auth/saml-redirect', form), /This login has ended/)
    const cookie = [...(person.visitor.jar.get(app.origin) ?? [])].map(([name, value]) => `${name}=${value}`).join('; ')
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => app.post('/auth/saml-redirect', new URLSearchParams(form), { cookie })),
    )
    assert.equal(answers.filter(({ headers }) => headers.get('location')?.startsWith(CALLBACK_PATH)).length, 1)
  })

  test('of another login of the same browser, or of another tenant’s connection, is refused', async () => {
    const person = openHosted(app)
    const [first, second] = [await depart(world, person), await depart(world, person)]
    const other = await makeSamlWorld(app, idp, {}, { tenant: forService({ loginMethods: ['sso'] }) })
    const foreign = await depart(other, person)
    for (const { SAMLResponse } of [second.form, foreign.form]) {
      const mixed = await depart(world, person)
      const back = whereTo(await person.post('/auth/saml-redirect', { ...mixed.form, SAMLResponse }))
      assert.match((await person.get(back)).text, /did not work/)
    }
    assert.ok(whereTo(await person.post('/auth/saml-redirect', first.form)).startsWith(CALLBACK_PATH))
  })
})
