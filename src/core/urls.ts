/** Which addresses people may be sent to. */
import { isLocal } from '../config.ts'

/** https, or http on this very machine; nothing in it that is not part of the address. */
export function isSecureUrl(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, username, password, hash } = new URL(text)
  const secure = protocol === 'https:' || (protocol === 'http:' && isLocal(text))
  return secure && !username && !password && !hash && !text.includes('#')
}
