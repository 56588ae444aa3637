/** Base64 as XML writes it (RFC 4648 section 4, with white space anywhere). */
import { required } from './refuse.ts'
import { textOf, type XmlElement } from './xml.ts'

/** Undefined when it is not base64. */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  const packed = text.replace(/[ \t\r\n]+/g, '')
  if (packed.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(packed)) return undefined
  const binary = atob(packed)
  const bytes = new Uint8Array(binary.length)
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i)
  return bytes
}

export function encodeBase64(bytes: Uint8Array): string {
  let binary = ''
  for (const byte of bytes) binary += String.fromCharCode(byte)
  return btoa(binary)
}

/** The bytes that an element holds, and nothing else beside them. */
export function bytesIn(element: XmlElement): Uint8Array<ArrayBuffer> {
  return required(decodeBase64(required(textOf(element), 'not base64')), 'not base64')
}
