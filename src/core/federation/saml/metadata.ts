/** Our side of a connection as metadata, for the identity provider to read (saml-metadata section 2.4.4). */
import { base64url, exportJWK, importPKCS8 } from 'jose'
import { encodeBase64 } from './base64.ts'
import { DATA_METHODS } from './decryption.ts'
import type { ServiceKey } from './service-provider.ts'
import { escapeXml, NS } from './xml.ts'

interface ServiceProvider {
  entityId: string
  consumerUrl: string
  key: ServiceKey | undefined
}

export async function toMetadata({ entityId, consumerUrl, key }: ServiceProvider): Promise<string> {
  return `<?xml version="1.0" encoding="UTF-8"?>
<md:EntityDescriptor xmlns:md="${NS.metadata}" xmlns:ds="${NS.signature}" entityID="${escapeXml(entityId)}">
  <md:SPSSODescriptor AuthnRequestsSigned="${key !== undefined}" WantAssertionsSigned="true" protocolSupportEnumeration="${NS.protocol}">
${key ? await keyDescriptors(key) : ''}    <md:NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:persistent</md:NameIDFormat>
    <md:NameIDFormat>urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress</md:NameIDFormat>
    <md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="${escapeXml(consumerUrl)}" index="0" isDefault="true"/>
  </md:SPSSODescriptor>
</md:EntityDescriptor>
`
}

/** The same key signs and decrypts. */
async function keyDescriptors(key: ServiceKey): Promise<string> {
  const keyInfo = `<ds:KeyInfo>${key.certificate ? certified(key.certificate) : await bare(key.privateKey)}</ds:KeyInfo>`
  const methods = [...DATA_METHODS.keys()]
    .map((method) => `      <md:EncryptionMethod Algorithm="${method}"/>\n`)
    .join('')
  return `    <md:KeyDescriptor use="signing">${keyInfo}</md:KeyDescriptor>
    <md:KeyDescriptor use="encryption">${keyInfo}
${methods}    </md:KeyDescriptor>
`
}

const certified = (certificate: string) =>
  `<ds:X509Data><ds:X509Certificate>${certificate}</ds:X509Certificate></ds:X509Data>`

async function bare(privateKey: string): Promise<string> {
  const { n = '', e = '' } = await exportJWK(await importPKCS8(privateKey, 'RS256', { extractable: true }))
  const [modulus, exponent] = [n, e].map((part) => encodeBase64(base64url.decode(part)))
  return `<ds:KeyValue><ds:RSAKeyValue><ds:Modulus>${modulus}</ds:Modulus><ds:Exponent>${exponent}</ds:Exponent></ds:RSAKeyValue></ds:KeyValue>`
}
