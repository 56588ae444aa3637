/**
 * Everything confidential that the tests send or receive, noted as it passes, so that in the end the log and the tables
 * can be searched for it.
 */

const NAMES = /pass|secret|token|verifier|^code$|hash$/i
const ADDRESSES = /email|^phone$|^to$/i

/** In lookup order: the first WINDOW characters of a value, and the whole values that begin with them. */
type Index = Map<string, Set<string>>
const WINDOW = 8
const secrets: Index = new Map()
const addresses: Index = new Map()

export const registerSecret = (value: string) => register(secrets, value)

/** Notes what the names in a body, or in headers, say is confidential. */
export function registerSecretsIn(value: unknown, name = ''): void {
  if (typeof value === 'string') {
    if (NAMES.test(name) || value.startsWith('api_')) registerSecret(value)
    else if (ADDRESSES.test(name)) register(addresses, value)
    else if (/^(authorization|x-api-key|cookie)$/i.test(name))
      for (const word of value.split(/[ =;]+/)) registerSecret(word)
  } else if (Array.isArray(value)) for (const item of value) registerSecretsIn(item, name)
  else if (value && typeof value === 'object')
    for (const [key, item] of Object.entries(value)) registerSecretsIn(item, key)
}

/** Those registered values that stand in the text. Mail addresses and phone numbers only with `andAddresses`. */
export function secretsIn(text: string, { andAddresses = false } = {}): string[] {
  const indexes = andAddresses ? [secrets, addresses] : [secrets]
  const found = new Set<string>()
  for (let at = 0; at + WINDOW <= text.length; at++) {
    const start = text.slice(at, at + WINDOW)
    for (const index of indexes)
      for (const value of index.get(start) ?? []) if (text.startsWith(value, at)) found.add(value)
  }
  return [...found]
}

export const registeredCount = () => [...secrets.values()].reduce((count, values) => count + values.size, 0)

/** Short ones and plain words (`password`) are in every log for other reasons. */
function register(index: Index, value: string): void {
  if (value.length < WINDOW || /^[a-z_ ]+$/i.test(value)) return
  const start = value.slice(0, WINDOW)
  index.set(start, (index.get(start) ?? new Set()).add(value))
}
