/** The identity provider's metadata: uploaded, or read from its address and read again. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type App, startApp } from '../support/app.ts'
import type { ConnectedWorld } from '../support/federation.ts'
import { makeKey, type SamlProvider, startSamlProvider } from '../support/saml-idp.ts'
import { logInAt, makeSamlWorld, newPerson, settingsOf } from '../support/saml-idp-world.ts'

let app: App
let idp: SamlProvider

before(async () => {
  app = await startApp()
  idp = await startSamlProvider()
})
after(() => idp.close())

const bare = (pem: string) => pem.replace(/-----.*?-----|\s/g, '')
const published = async () => (await fetch(idp.metadataUrl)).text()
const readBack = async ({ connection }: ConnectedWorld) =>
  (await app.admin.get<{ saml: Record<string, unknown> }>(`/v1/connections/${connection.id}`)).body.saml

const expected = (metadataUrl: string | null) => ({
  entityId: idp.entityId,
  ssoUrl: idp.ssoUrl,
  certificates: [bare(idp.key.certificate)],
  metadataUrl,
})

/** The refusal of a connection with such settings: the fields it names. */
async function refusedFields(saml: object): Promise<string[]> {
  const { status, body, text } = await app.admin.post<{ issues: { path: string; message: string }[] }>(
    '/v1/connections',
    {
      kind: 'saml',
      name: 'Company login',
      saml,
    },
  )
  assert.equal(status, 400, text)
  return body.issues.map(({ path }) => path)
}

describe('metadata of the identity provider', () => {
  test('may be uploaded', async () => {
    const world = await makeSamlWorld(app, idp, { saml: { metadata: await published() } })
    assert.deepEqual(await readBack(world), expected(null))
    assert.ok((await logInAt(app, idp, world, newPerson()))['code'])
  })

  test('may have comments, a declaration, roles that are not ours and several keys', async () => {
    const other = makeKey()
    const key = `<KeyDescriptor><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>
      ${bare(other.certificate)}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>`
    const metadata = (await published())
      .replace('<IDPSSODescriptor', '<!-- written <by> hand --><SPSSODescriptor></SPSSODescriptor>$&')
      .replace('</KeyDescriptor>', `$&${key}${key.replace('<KeyDescriptor>', '<KeyDescriptor use="encryption">')}`)
    const world = await makeSamlWorld(app, idp, { saml: { metadata: `<?xml version="1.0"?>\n${metadata}` } })
    const { certificates } = await readBack(world)
    assert.deepEqual(certificates, [bare(idp.key.certificate), bare(other.certificate)])
  })

  test('may be read from an address, and what is given by hand goes above it', async () => {
    const world = await makeSamlWorld(app, idp, { saml: { metadataUrl: idp.metadataUrl } })
    assert.deepEqual(await readBack(world), expected(idp.metadataUrl))
    const ssoUrl = `${idp.ssoUrl}&by=hand`
    const own = await makeSamlWorld(app, idp, { saml: { metadataUrl: idp.metadataUrl, ssoUrl } })
    assert.equal((await readBack(own))['ssoUrl'], ssoUrl)
  })

  test('is read again by the upkeep, so that a new key is known', async () => {
    const ssoUrl = `${idp.ssoUrl}&by=hand`
    const world = await makeSamlWorld(app, idp, { saml: { metadataUrl: idp.metadataUrl, ssoUrl } })
    const before = idp.key
    idp.key = makeKey()
    assert.equal((await logInAt(app, idp, world, newPerson()))['error'], 'access_denied')
    await app.upkeep()
    assert.ok((await logInAt(app, idp, world, newPerson()).finally(() => (idp.key = before)))['code'])
    assert.equal((await readBack(world))['ssoUrl'], ssoUrl)
    const audit = await app.rows('select action, actor_kind from audit where target_id = ?1', world.connection.id)
    assert.ok(audit.some((row) => row['action'] === 'connection.update' && row['actor_kind'] === 'system'))
  })

  test('that cannot be read any more leaves everything as it is', async () => {
    const gone = await startSamlProvider()
    const world = await makeSamlWorld(app, gone, { saml: { metadataUrl: gone.metadataUrl } })
    const before = await readBack(world)
    gone.close()
    await app.upkeep()
    assert.deepEqual(await readBack(world), before)
  })

  test('is refused when it is not what it should be', async () => {
    const good = await published()
    const bad = {
      'not XML': 'hello',
      'a response': '<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"></samlp:Response>',
      'with a DOCTYPE': `<!DOCTYPE x [<!ENTITY a "b">]>${good}`,
      'with a comment that does not end': `${good}<!-- `,
      'run out': good.replace('entityID=', 'validUntil="2020-01-01T00:00:00Z" $&'),
      'of a service provider': good.replaceAll('IDPSSODescriptor', 'SPSSODescriptor'),
      'of two identity providers': `<x xmlns="urn:oasis:names:tc:SAML:2.0:metadata">${good}${good}</x>`,
      'without a certificate': good.replace(/<X509Certificate>.*?<\/X509Certificate>/s, ''),
      'without the redirect binding': good.replaceAll('HTTP-Redirect', 'HTTP-Artifact'),
    }
    for (const [name, metadata] of Object.entries(bad))
      assert.deepEqual(await refusedFields({ metadata }), ['saml.metadata'], name)
  })

  test('is refused from an address that does not answer with it', async () => {
    for (const metadataUrl of [idp.ssoUrl, 'http://127.0.0.1:1/metadata', 'ftp://127.0.0.1/', 'metadata.xml'])
      assert.deepEqual(await refusedFields({ metadataUrl }), ['saml.metadataUrl'], metadataUrl)
  })
})

describe('settings by hand', () => {
  test('are refused, by the name of the field, when they could not work', async () => {
    const good = settingsOf(idp)
    const { privateKey } = makeKey()
    const old = String(privateKey.export({ type: 'pkcs1', format: 'pem' }))
    const bad: Record<string, object> = {
      'saml.entityId': { ...good, entityId: '' },
      'saml.ssoUrl': { ...good, ssoUrl: 'ldap://idp.example/' },
      'saml.certificates': { ...good, certificates: [] },
      'saml.certificates.1': { ...good, certificates: [...good.certificates, 'garbage'] },
      'saml.spKey': { ...good, spKey: old },
    }
    for (const [field, saml] of Object.entries(bad)) assert.deepEqual(await refusedFields(saml), [field])
  })

  test('never show the private key', async () => {
    const spKey = String(makeKey().privateKey.export({ type: 'pkcs8', format: 'pem' }))
    const world = await makeSamlWorld(app, idp, { saml: { ...settingsOf(idp), spKey } })
    const { text } = await app.admin.get(`/v1/connections/${world.connection.id}`)
    assert.doesNotMatch(text, /PRIVATE KEY|spKey|samlKey/)
  })
})
