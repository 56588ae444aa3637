/** Who we are to an identity provider: for each connection a service provider of its own, with its own key if it has one. */
import { importPKCS8 } from 'jose'
import { bareCertificate, isStrong, isUsableCertificate } from './certificates.ts'

/** The entity id, which is also where its metadata is; one for each connection, so that no assertion fits two of them. */
export const entityIdOf = (origin: string, connectionId: string) =>
  `${origin}/auth/saml/metadata?connection=${encodeURIComponent(connectionId)}`

/** Where responses are posted to. */
export const consumerUrlOf = (origin: string) => `${origin}/auth/saml-redirect`

export interface ServiceKey {
  /** PKCS#8 in PEM. */
  privateKey: string
  /** Base64 of DER; undefined when only the key was given. */
  certificate: string | undefined
}

/** Takes apart what was given as `spKey`: a private key in PEM, and beside it its certificate, if there is one. */
export function readServiceKey(pem: string): ServiceKey | undefined {
  const [privateKey] = /-----BEGIN PRIVATE KEY-----[A-Za-z0-9+/=\s]+-----END PRIVATE KEY-----/.exec(pem) ?? []
  const [certificate] = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/.exec(pem) ?? []
  return privateKey ? { privateKey, certificate: certificate && bareCertificate(certificate) } : undefined
}

/** True when it holds an RSA key that signs and opens, and no certificate that is none. */
export async function isServiceKey(pem: string): Promise<boolean> {
  const given = readServiceKey(pem)
  if (!given || (given.certificate !== undefined && !(await isUsableCertificate(given.certificate)))) return false
  const key = await importPKCS8(given.privateKey, 'RS256').catch(() => undefined)
  return key !== undefined && isStrong(key)
}
