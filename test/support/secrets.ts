/**
 * Everything confidential that the tests send or receive, noted as it passes, so that in the end the log and the tables
 * can be searched for it.
 */

const SECRETS = /pass|secret|token|verifier|^code$|^key$|recoveryCodes|SAMLResponse/i
const CREDENTIAL_HEADERS = /^(authorization|x-api-key|cookie)$/i
/** May be kept as it is, but not logged. */
const PERSONAL = /email|^phone$|^to$|hash$/i
/** What is somebody's or something's name is not secret, even where a test tries it as a password. */
const NAMES = /^(id|key|username|clientId|client_id)$/i

/** By their first WINDOW characters, the values that begin with them. */
type Index = Map<string, Set<string>>
const WINDOW = 8
const secrets: Index = new Map()
const personal: Index = new Map()
const names = new Set<string>()

export const registerSecret = (value: string) => register(secrets, value)

/** Notes what the names in a body, in a form or in headers say is confidential. */
export function registerSecretsIn(value: unknown, name = ''): void {
  if (value instanceof URLSearchParams || value instanceof FormData)
    for (const [key, item] of value) registerSecretsIn(item, key)
  else if (Array.isArray(value)) for (const item of value) registerSecretsIn(item, name)
  else if (value && typeof value === 'object')
    for (const [key, item] of Object.entries(value)) registerSecretsIn(item, key)
  else if (typeof value === 'string') registerNamed(name, value)
}

function registerNamed(name: string, value: string): void {
  if (NAMES.test(name)) names.add(value)
  if (value.includes('@') || PERSONAL.test(name)) register(personal, value)
  else if (CREDENTIAL_HEADERS.test(name)) for (const word of value.split(/[ =;]+/)) registerSecret(word)
  else if (SECRETS.test(name)) registerSecret(value)
}

/** Those registered values that stand in the text; with `andPersonal` also mail addresses, phone numbers and hashes. */
export function secretsIn(text: string, { andPersonal = false } = {}): string[] {
  const indexes = andPersonal ? [secrets, personal] : [secrets]
  const found = new Set<string>()
  for (let at = 0; at + WINDOW <= text.length; at++) {
    if (!beginnings[hashAt(text, at)]) continue
    const start = text.slice(at, at + WINDOW)
    for (const index of indexes)
      for (const value of index.get(start) ?? []) if (text.startsWith(value, at) && !names.has(value)) found.add(value)
  }
  return [...found]
}

/** Which of all hashes of four characters a value begins with: most of a text need not be looked up then. */
const beginnings = new Uint8Array(2 ** 20)
const hashAt = (text: string, at: number) =>
  [0, 1, 2, 3].reduce((hash, next) => hash * 31 + text.charCodeAt(at + next), 0) % beginnings.length

/** Short ones, plain words (`password`), numbers, times, ids and addresses of pages are everywhere for other reasons. */
const PLAIN = /^([a-z_ ]+|\d+|\d{4}-\d\d-\d\dT[\d:.]+Z|[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}|https?:.*)$/i

function register(index: Index, value: string): void {
  if (value.length < WINDOW || PLAIN.test(value)) return
  const start = value.slice(0, WINDOW)
  beginnings[hashAt(value, 0)] = 1
  index.set(start, (index.get(start) ?? new Set()).add(value))
}
