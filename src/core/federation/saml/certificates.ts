/**
 * X.509 certificates as metadata and people give them: PEM, or the bare base64 of DER. Here they are keys and nothing
 * more: whose they are is what the connection says, so that neither their dates nor their issuers matter.
 */
import { importX509 } from 'jose'

const RSA_BITS = { least: 2048, most: 8192 }

/** The first key that the certificate holds for one of these algorithms; undefined when there is none, or a weak one. */
export async function importCertificate(certificate: string, algorithms: string[]): Promise<CryptoKey | undefined> {
  for (const algorithm of algorithms) {
    const key = await importX509(toPem(certificate), algorithm).catch(() => undefined)
    if (key && isStrong(key)) return key
  }
  return undefined
}

/** True when a signature could be checked with it. */
export async function isUsableCertificate(certificate: string): Promise<boolean> {
  return (await importCertificate(certificate, ['RS256', 'ES256', 'ES384', 'ES512'])) !== undefined
}

/** The base64 inside, without line breaks. */
export const bareCertificate = (certificate: string) => certificate.replace(/-----(BEGIN|END) CERTIFICATE-----|\s/g, '')

const toPem = (certificate: string) =>
  `-----BEGIN CERTIFICATE-----\n${bareCertificate(certificate)}\n-----END CERTIFICATE-----`

export function isStrong({ algorithm }: CryptoKey): boolean {
  if (!('modulusLength' in algorithm)) return true
  const bits = Number(algorithm.modulusLength)
  return bits >= RSA_BITS.least && bits <= RSA_BITS.most
}
