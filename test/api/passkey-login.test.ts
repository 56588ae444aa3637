import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { type App, startApp } from '../support/app.ts'
import { type Lies, makePasskey } from '../support/passkey.ts'
import { challenge, enrol, isRefused, logIn, options, signedIn } from '../support/passkey-owner.ts'

let app: App
before(async () => {
  app = await startApp()
})

describe('logging in with a passkey', () => {
  test('refuses an assertion that is not for here and now, or not by this key', async () => {
    const { world, tokens } = await signedIn(app)
    const passkey = await enrol(app, tokens)
    const lies: Lies[] = [
      { origin: 'https://evil.example' },
      { rpId: 'evil.example' },
      { flags: 0x01 },
      { type: 'webauthn.create' },
      { challenge: 'AAAA' },
      { challenge: (await options(app, tokens)).challenge },
      { userHandle: Buffer.from('somebody else').toString('base64url') },
    ]
    for (const lie of lies) isRefused(await logIn(app, world, passkey, lie))
    isRefused(await logIn(app, world, await makePasskey()))
    const stranger = await makePasskey()
    const response = { ...(await stranger.get(await challenge(app))), id: passkey.id, rawId: passkey.id }
    const { clientId: client_id, clientSecret: client_secret } = world.client
    isRefused(await app.post('/auth/passkey-login', { client_id, client_secret, response }))
    const wrong = { client_id, client_secret: 'wrong', response: await passkey.get(await challenge(app)) }
    isRefused(await app.post('/auth/passkey-login', wrong), 'Client Verification Failed')
  })

  test('an assertion sent 50 times at once logs in once', async () => {
    const { world, tokens } = await signedIn(app)
    const passkey = await enrol(app, tokens)
    const { clientId: client_id, clientSecret: client_secret } = world.client
    const body = { client_id, client_secret, response: await passkey.get(await challenge(app)) }
    const answers = await Promise.all(Array.from({ length: 50 }, () => app.post('/auth/passkey-login', body)))
    assert.equal(answers.filter(({ status }) => status === 200).length, 1)
    assert.equal(answers.filter(({ status }) => status === 401).length, 49)
  })

  test('finds a copied authenticator by its counter, and says so in the audit', async () => {
    const { world, tokens } = await signedIn(app)
    const passkey = await enrol(app, tokens)
    for (const counter of [5, 9]) assert.equal((await logIn(app, world, passkey, { counter })).status, 200)
    for (const counter of [9, 6, 0]) isRefused(await logIn(app, world, passkey, { counter }))
    assert.equal((await logIn(app, world, passkey, { counter: 10 })).status, 200)
    const { body } = await app.admin.get<{ items: { action: string }[] }>(`/v1/audit?targetId=${world.user.id}`)
    assert.equal(body.items.filter(({ action }) => action === 'passkey.copied').length, 3)
    const races = [11, 11, 11].map((counter) => logIn(app, world, passkey, { counter }))
    assert.deepEqual((await Promise.all(races)).map(({ status }) => status).sort(), [200, 401, 401])
  })

  test('knows authenticators that do not count', async () => {
    const { world, tokens } = await signedIn(app)
    const passkey = await enrol(app, tokens)
    for (let time = 0; time < 3; time++) assert.equal((await logIn(app, world, passkey, { counter: 0 })).status, 200)
  })
})
