/** A real SAML identity provider on localhost: samlp, which logs in whoever it is told to. */
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { inflateRawSync } from 'node:zlib'
import samlp from 'samlp'
import { type Certified, certify } from './saml-idp-certificate.ts'

export interface Person {
  nameId: string
  attributes: Record<string, string | string[]>
}

export interface SamlProvider {
  entityId: string
  ssoUrl: string
  metadataUrl: string
  /** What it signs with. */
  key: Certified
  /** Who logs in next. */
  person: Person
  /** Of samlp, for what is not usual; with `error` it refuses everybody. */
  options: Record<string, unknown> & { error?: { code: string } }
  close(): void
}

export const makeKey = () => certify(generateKeyPairSync('rsa', { modulusLength: 2048 }))

export async function startSamlProvider(): Promise<SamlProvider> {
  const server = createServer((request, response) => handle(provider, request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const provider: SamlProvider = {
    entityId: `${origin}/metadata`,
    ssoUrl: `${origin}/sso?realm=test`,
    metadataUrl: `${origin}/metadata`,
    key: makeKey(),
    person: { nameId: '', attributes: {} },
    options: {},
    close: () => void server.close().closeAllConnections(),
  }
  return provider
}

function handle(provider: SamlProvider, incoming: IncomingMessage, response: ServerResponse): void {
  const { pathname, searchParams } = new URL(incoming.url ?? '', provider.entityId)
  const query = Object.fromEntries(searchParams)
  const request = Object.assign(incoming, { query, user: provider.person, protocol: 'http' })
  Object.assign(response, {
    set: (name: string, value: string) => response.setHeader(name, value),
    send: (body: string | number) => (typeof body === 'number' ? fail(response, body) : response.end(body)),
  })
  const { key, entityId, options } = provider
  const common = { issuer: entityId, cert: Buffer.from(key.certificate) }
  if (pathname === '/metadata') {
    const [redirectEndpointPath, postEndpointPath] = ['/sso?realm=test', '/sso-by-post']
    samlp.metadata({ ...common, redirectEndpointPath, postEndpointPath })(request, response, () => fail(response))
    return
  }
  if (!query['SAMLRequest']) {
    fail(response, 400)
    return
  }
  const { consumerUrl, id } = readRequest(searchParams.get('SAMLRequest') ?? '')
  const answer = {
    ...common,
    key: key.privateKey.export({ type: 'pkcs8', format: 'pem' }),
    destination: consumerUrl,
    recipient: consumerUrl,
    inResponseTo: id,
    RelayState: query['RelayState'],
    lifetimeInSeconds: 300,
    profileMapper: toClaims,
    getPostURL: (...given: unknown[]) => (given.at(-1) as (error: null, url: string) => void)(null, consumerUrl),
    ...options,
  }
  const middleware = options.error ? samlp.sendError(answer) : samlp.auth(answer)
  middleware(request, response, () => fail(response))
}

function fail(response: ServerResponse, status = 500): void {
  response.statusCode = status
  response.end(`the identity provider answers ${status}`)
}

export function readRequest(encoded: string): { xml: string; id: string; consumerUrl: string } {
  const xml = inflateRawSync(Buffer.from(encoded, 'base64')).toString()
  const attribute = (name: string) => new RegExp(` ${name}="([^"]*)"`).exec(xml)?.[1] ?? ''
  return { xml, id: attribute('ID'), consumerUrl: attribute('AssertionConsumerServiceURL') }
}

/** In place of samlp's own mapping, which knows only one set of names. */
const toClaims = ({ nameId, attributes }: Person) => ({
  getClaims: () => attributes,
  getNameIdentifier: () => ({ nameIdentifier: nameId }),
})
