import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { type App, startApp } from '../support/app.ts'
import { openSignUp } from '../support/federation.ts'
import { SERVICE } from '../support/gateway.ts'
import { makeWorld, type World } from '../support/world.ts'

const PASSWORD = 'another good one 1'

let app: App
before(async () => {
  app = await startApp()
})

const onwardOf = (page: string) => /<a class="way onward" href="([^"]*)"[^>]*>([^<]*)/.exec(page)?.slice(1)

async function tokenFrom(address: string): Promise<string> {
  const [message] = await app.outbox(address, 1)
  return new URL(message?.links[0] ?? '').searchParams.get('token') ?? ''
}

async function reset({ client, user }: World): Promise<string> {
  const caller = { client_id: client.clientId, client_secret: client.clientSecret }
  assert.equal((await app.post('/auth/forget-password', { ...caller, username: user.username })).status, 204)
  return confirm('/reset-password', await tokenFrom(user.email))
}

async function signUp({ tenant }: World, client?: World['client']): Promise<string> {
  const email = `new.${crypto.randomUUID()}@example.com`
  const data = client ? { client: client.clientId } : { tenant: tenant.key }
  assert.equal((await app.post('/auth/sign-up/create-token', { email, data })).status, 204)
  const page = await confirm('/sign-up', await tokenFrom(email))
  assert.match(page, new RegExp(`Your username is ${email}`))
  return page
}

async function confirm(path: string, token: string): Promise<string> {
  const { status, text } = await app.post(path, new URLSearchParams({ token, password: PASSWORD }))
  assert.equal(status, 200, text)
  return text
}

test('after a reset the person is told, and shown to the front door of the client that asked', async () => {
  const page = await reset(await makeWorld(app))
  assert.match(page, /Your password has been changed/)
  assert.deepEqual(onwardOf(page), ['https://app.example/', 'Go on to Web'])
})

test('where the client has no pages, the first service of the organisation is shown, or nothing', async () => {
  const client = { redirectUrl: null }
  const served = await makeWorld(app, { tenant: { callbackUrls: [SERVICE] }, client })
  assert.deepEqual(onwardOf(await reset(served)), [SERVICE, 'Go on to Acme'])
  assert.equal(onwardOf(await reset(await makeWorld(app, { client }))), undefined)
})

test('a new account is shown to the client that it was asked for at, else to the organisation’s service', async () => {
  const world = await makeWorld(app, { tenant: { signUp: openSignUp(), callbackUrls: [SERVICE] } })
  assert.deepEqual(onwardOf(await signUp(world)), [SERVICE, 'Go on to Acme'])
  assert.deepEqual(onwardOf(await signUp(world, world.client)), ['https://app.example/', 'Go on to Web'])
})
