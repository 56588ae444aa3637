/**
 * Encrypted assertions (W3C xmlenc-core1): RSA-OAEP for the key, AES for the data. AES-CBC gives away what it hides to
 * whoever may send altered copies (section 6.1.4), so it is read only inside of a message whose signature holds.
 */
import { importPKCS8 } from 'jose'
import { bytesIn } from './base64.ts'
import { refuse, required } from './refuse.ts'
import { attribute, childrenNamed, NS, only, type XmlElement } from './xml.ts'
import { parseXml } from './xml-parser.ts'

const { encryption, encryption11, signature } = NS
const SHA1 = `${signature}sha1`
const MASK_SHA1 = `${encryption11}mgf1sha1`

/** Digest and mask, and what jose calls them. SHA-1 is sound here: nothing depends on its collisions. */
const KEY_METHODS = new Map([
  [`${SHA1} ${MASK_SHA1}`, 'RSA-OAEP'],
  [`${encryption}sha256 ${encryption11}mgf1sha256`, 'RSA-OAEP-256'],
  [`http://www.w3.org/2001/04/xmldsig-more#sha384 ${encryption11}mgf1sha384`, 'RSA-OAEP-384'],
  [`${encryption}sha512 ${encryption11}mgf1sha512`, 'RSA-OAEP-512'],
])
/** In the order in which we would have them. */
export const DATA_METHODS = new Map([
  [`${encryption11}aes128-gcm`, { name: 'AES-GCM', keyBytes: 16, ivBytes: 12 }],
  [`${encryption11}aes256-gcm`, { name: 'AES-GCM', keyBytes: 32, ivBytes: 12 }],
  [`${encryption}aes128-cbc`, { name: 'AES-CBC', keyBytes: 16, ivBytes: 16 }],
  [`${encryption}aes256-cbc`, { name: 'AES-CBC', keyBytes: 32, ivBytes: 16 }],
])

/** The element inside an EncryptedAssertion. `privateKey` is PKCS#8 in PEM. */
export async function decryptElement(
  encrypted: XmlElement,
  { privateKey, cbc }: { privateKey: string; cbc: boolean },
): Promise<XmlElement> {
  const data = only(childrenNamed(encrypted, encryption, 'EncryptedData'), 'not one EncryptedData')
  const method = required(DATA_METHODS.get(methodOf(data)), 'an encryption method that is not allowed')
  if (method.name === 'AES-CBC' && !cbc) refuse('AES-CBC outside of a signed response')
  const rawKey = await decryptKey(findKey(encrypted, data), privateKey)
  if (rawKey.length !== method.keyBytes) refuse(UNREADABLE)
  const key = await crypto.subtle.importKey('raw', rawKey, method.name, false, ['encrypt', 'decrypt'])
  const bytes = cipherValue(data)
  const [iv, body] = [bytes.slice(0, method.ivBytes), bytes.slice(method.ivBytes)]
  const decrypt = method.name === 'AES-CBC' ? decryptCbc : decryptGcm
  return parseXml(await decrypt(key, iv, body).catch(() => refuse(UNREADABLE)))
}

const UNREADABLE = 'what is encrypted cannot be read'

/** Inside of the data's KeyInfo, or beside the data. */
function findKey(encrypted: XmlElement, data: XmlElement): XmlElement {
  const [keyInfo] = childrenNamed(data, signature, 'KeyInfo')
  const inside = keyInfo ? childrenNamed(keyInfo, encryption, 'EncryptedKey') : []
  return only([...inside, ...childrenNamed(encrypted, encryption, 'EncryptedKey')], 'not one EncryptedKey')
}

async function decryptKey(encryptedKey: XmlElement, privateKey: string): Promise<Uint8Array<ArrayBuffer>> {
  const algorithm = required(KEY_METHODS.get(oaepOf(encryptedKey)), 'a key encryption method that is not allowed')
  const key = await importPKCS8(privateKey, algorithm)
  const unwrapped = crypto.subtle.decrypt({ name: 'RSA-OAEP' }, key, cipherValue(encryptedKey))
  return new Uint8Array(await unwrapped.catch(() => refuse(UNREADABLE)))
}

/** Digest and mask of RSA-OAEP; both are SHA-1 where nothing is said (section 5.5.2). */
function oaepOf(encryptedKey: XmlElement): string {
  const method = only(childrenNamed(encryptedKey, encryption, 'EncryptionMethod'), 'not one EncryptionMethod')
  const name = attribute(method, 'Algorithm')
  if (name !== `${encryption}rsa-oaep-mgf1p` && name !== `${encryption11}rsa-oaep`) return ''
  const [digest] = childrenNamed(method, signature, 'DigestMethod')
  const [mask] = childrenNamed(method, encryption11, 'MGF')
  return `${(digest && attribute(digest, 'Algorithm')) ?? SHA1} ${(mask && attribute(mask, 'Algorithm')) ?? MASK_SHA1}`
}

async function decryptGcm(key: CryptoKey, iv: BufferSource, body: BufferSource): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, key, body))
}

/**
 * The last byte counts the padding, whose other bytes may be anything; WebCrypto knows only padding of equal bytes.
 * So it gets one more block, which is nothing but such padding, to take away.
 */
async function decryptCbc(key: CryptoKey, iv: BufferSource, body: Uint8Array): Promise<Uint8Array> {
  const block = await crypto.subtle.encrypt({ name: 'AES-CBC', iv: body.slice(-16) }, key, new Uint8Array())
  const extended = new Uint8Array(body.length + 16)
  extended.set(body)
  extended.set(new Uint8Array(block), body.length)
  const padded = new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-CBC', iv }, key, extended))
  const padding = padded.at(-1) ?? 0
  if (padding < 1 || padding > 16) refuse(UNREADABLE)
  return padded.slice(0, -padding)
}

function methodOf(element: XmlElement): string {
  const method = only(childrenNamed(element, encryption, 'EncryptionMethod'), 'not one EncryptionMethod')
  return attribute(method, 'Algorithm') ?? ''
}

function cipherValue(element: XmlElement): Uint8Array<ArrayBuffer> {
  const data = only(childrenNamed(element, encryption, 'CipherData'), 'not one CipherData')
  return bytesIn(only(childrenNamed(data, encryption, 'CipherValue'), 'not one CipherValue'))
}
