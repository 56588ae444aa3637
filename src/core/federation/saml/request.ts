/** The request that a browser takes to the identity provider: AuthnRequest over the redirect binding (saml-bindings 3.4). */
import { importPKCS8 } from 'jose'
import { RSA_SHA256 } from './algorithms.ts'
import { encodeBase64 } from './base64.ts'
import { escapeXml, NS } from './xml.ts'

interface AuthnRequest {
  id: string
  /** Our entity id. */
  issuer: string
  /** The identity provider's address for requests. */
  ssoUrl: string
  /** Ours for the response. */
  consumerUrl: string
  relayState: string
  /** PKCS#8 in PEM; signs the request. */
  privateKey?: string | undefined
  now: Date
}

export async function requestUrl(request: AuthnRequest): Promise<string> {
  const fields = [
    ['SAMLRequest', encodeBase64(await deflate(toXml(request)))],
    ['RelayState', request.relayState],
    ...(request.privateKey ? [['SigAlg', RSA_SHA256]] : []),
  ]
  const query = fields.map(([name, value = '']) => `${name}=${encodeURIComponent(value)}`).join('&')
  const signature = request.privateKey ? `&Signature=${encodeURIComponent(await sign(query, request.privateKey))}` : ''
  const { ssoUrl } = request
  return `${ssoUrl}${ssoUrl.includes('?') ? '&' : '?'}${query}${signature}`
}

/** No format of names is asked for: which one it gives is settled with the identity provider, not at each login. */
function toXml({ id, issuer, ssoUrl, consumerUrl, now }: AuthnRequest): string {
  return `<samlp:AuthnRequest xmlns:samlp="${NS.protocol}" xmlns:saml="${NS.assertion}" ID="${id}" Version="2.0"\
 IssueInstant="${now.toISOString()}" Destination="${escapeXml(ssoUrl)}"\
 ProtocolBinding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"\
 AssertionConsumerServiceURL="${escapeXml(consumerUrl)}"><saml:Issuer>${escapeXml(issuer)}</saml:Issuer>\
<samlp:NameIDPolicy AllowCreate="true"/></samlp:AuthnRequest>`
}

async function deflate(text: string): Promise<Uint8Array> {
  const compressed = new Blob([text]).stream().pipeThrough(new CompressionStream('deflate-raw'))
  return new Uint8Array(await new Response(compressed).arrayBuffer())
}

/** Over the query as it is sent, in this very order of fields (section 3.4.4.1). */
async function sign(query: string, privateKey: string): Promise<string> {
  const key = await importPKCS8(privateKey, 'RS256')
  const signature = await crypto.subtle.sign('RSASSA-PKCS1-v1_5', key, new TextEncoder().encode(query))
  return encodeBase64(new Uint8Array(signature))
}
