/** Encrypts assertions for a service provider (W3C xmlenc-core1), well and badly, with Node's cryptography. */
import { constants, createCipheriv, type KeyObject, publicEncrypt, randomBytes } from 'node:crypto'

const ENC = 'http://www.w3.org/2001/04/xmlenc#'
const ENC11 = 'http://www.w3.org/2009/xmlenc11#'
const DSIG = 'http://www.w3.org/2000/09/xmldsig#'

const CIPHERS = {
  'aes128-gcm': [`${ENC11}aes128-gcm`, 16, 12],
  'aes256-gcm': [`${ENC11}aes256-gcm`, 32, 12],
  'aes128-cbc': [`${ENC}aes128-cbc`, 16, 16],
  'aes256-cbc': [`${ENC}aes256-cbc`, 32, 16],
  'des-ede3-cbc': [`${ENC}tripledes-cbc`, 24, 8],
} as const

export interface Encryption {
  cipher?: keyof typeof CIPHERS
  key?: 'oaep-sha1' | 'oaep-sha256' | 'pkcs1'
  /** Beside the data instead of inside. */
  keyBeside?: boolean
  /** Changes the bytes behind the IV. */
  alter?: (body: Buffer) => Buffer
}

/** The EncryptedAssertion for the holder of the private key. */
export function encryptAssertion(assertion: string, publicKey: KeyObject, encryption: Encryption = {}): string {
  const { cipher = 'aes256-gcm', keyBeside = false, alter = (body: Buffer) => body } = encryption
  const [method, keyBytes, ivBytes] = CIPHERS[cipher]
  const [key, iv] = [randomBytes(keyBytes), randomBytes(ivBytes)]
  const encryptedKey = toEncryptedKey(key, publicKey, encryption.key ?? 'oaep-sha1')
  const data = Buffer.concat([iv, alter(encrypt(assertion, { cipher, key, iv }))]).toString('base64')
  const keyInfo = keyBeside ? '<ds:RetrievalMethod URI="#key"></ds:RetrievalMethod>' : encryptedKey
  return `<saml:EncryptedAssertion xmlns:xenc="${ENC}" xmlns:ds="${DSIG}"><xenc:EncryptedData Type="${ENC}Element">\
<xenc:EncryptionMethod Algorithm="${method}"></xenc:EncryptionMethod><ds:KeyInfo>${keyInfo}</ds:KeyInfo>\
<xenc:CipherData><xenc:CipherValue>${data}</xenc:CipherValue></xenc:CipherData></xenc:EncryptedData>${keyBeside ? encryptedKey : ''}</saml:EncryptedAssertion>`
}

function encrypt(text: string, { cipher, key, iv }: { cipher: string; key: Buffer; iv: Buffer }): Buffer {
  if (cipher.endsWith('gcm')) {
    const gcm = createCipheriv(cipher.replace(/^aes(\d+)-/, 'aes-$1-') as 'aes-128-gcm', key, iv)
    return Buffer.concat([gcm.update(text), gcm.final(), gcm.getAuthTag()])
  }
  const cbc = createCipheriv(cipher.replace(/^aes(\d+)-/, 'aes-$1-'), key, iv).setAutoPadding(false)
  const length = iv.length - (Buffer.byteLength(text) % iv.length)
  // Any bytes, and the last one counts them (section 5.2).
  const padding = Buffer.concat([randomBytes(length - 1), Buffer.of(length)])
  return Buffer.concat([cbc.update(text), cbc.update(padding), cbc.final()])
}

function toEncryptedKey(key: Buffer, publicKey: KeyObject, by: Encryption['key']): string {
  const [method, inside, padding, oaepHash] = KEY_METHODS[by ?? 'oaep-sha1']
  const value = publicEncrypt({ key: publicKey, padding, oaepHash }, key).toString('base64')
  return `<xenc:EncryptedKey Id="key"><xenc:EncryptionMethod Algorithm="${method}">${inside}</xenc:EncryptionMethod>\
<xenc:CipherData><xenc:CipherValue>${value}</xenc:CipherValue></xenc:CipherData></xenc:EncryptedKey>`
}

const SHA256 = `<ds:DigestMethod Algorithm="${ENC}sha256"></ds:DigestMethod><xenc11:MGF xmlns:xenc11="${ENC11}" Algorithm="${ENC11}mgf1sha256"></xenc11:MGF>`
const { RSA_PKCS1_OAEP_PADDING, RSA_PKCS1_PADDING } = constants
const KEY_METHODS = {
  'oaep-sha1': [`${ENC}rsa-oaep-mgf1p`, '', RSA_PKCS1_OAEP_PADDING, 'sha1'],
  'oaep-sha256': [`${ENC11}rsa-oaep`, SHA256, RSA_PKCS1_OAEP_PADDING, 'sha256'],
  pkcs1: [`${ENC}rsa-1_5`, '', RSA_PKCS1_PADDING, 'sha1'],
} as const
