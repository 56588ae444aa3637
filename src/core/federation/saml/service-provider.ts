/** Who we are to an identity provider: for each connection a service provider of its own, with its own key if it has one. */
import { bareCertificate } from './certificates.ts'

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
