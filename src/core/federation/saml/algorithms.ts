/** What a signature may be made with: RSA and ECDSA over SHA-2. Whatever is not listed here is refused. */

const MORE = 'http://www.w3.org/2001/04/xmldsig-more#'
const MORE_2007 = 'http://www.w3.org/2007/05/xmldsig-more#'

export const DIGESTS = new Map([
  ['http://www.w3.org/2001/04/xmlenc#sha256', 'SHA-256'],
  [`${MORE}sha384`, 'SHA-384'],
  ['http://www.w3.org/2001/04/xmlenc#sha512', 'SHA-512'],
])

interface SignatureMethod {
  /** The names by which jose imports a key of this family; one for each curve. */
  importAs: string[]
  verifyAs: AlgorithmIdentifier | EcdsaParams | RsaPssParams
}

const rsa = (bits: number): SignatureMethod => ({ importAs: [`RS${bits}`], verifyAs: { name: 'RSASSA-PKCS1-v1_5' } })
const pss = (bits: number): SignatureMethod => ({
  importAs: [`PS${bits}`],
  verifyAs: { name: 'RSA-PSS', saltLength: bits / 8 },
})
const ecdsa = (bits: number): SignatureMethod => ({
  importAs: ['ES256', 'ES384', 'ES512'],
  verifyAs: { name: 'ECDSA', hash: `SHA-${bits}` },
})

export const RSA_SHA256 = `${MORE}rsa-sha256`

export const SIGNATURES = new Map([
  [RSA_SHA256, rsa(256)],
  [`${MORE}rsa-sha384`, rsa(384)],
  [`${MORE}rsa-sha512`, rsa(512)],
  [`${MORE_2007}sha256-rsa-MGF1`, pss(256)],
  [`${MORE_2007}sha384-rsa-MGF1`, pss(384)],
  [`${MORE_2007}sha512-rsa-MGF1`, pss(512)],
  [`${MORE}ecdsa-sha256`, ecdsa(256)],
  [`${MORE}ecdsa-sha384`, ecdsa(384)],
  [`${MORE}ecdsa-sha512`, ecdsa(512)],
])
