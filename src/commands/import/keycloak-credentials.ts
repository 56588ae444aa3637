/** What Keycloak keeps of a person's proofs, in the spelling of this service. */
import type { RealmCredential } from './keycloak-realm.ts'

interface Secret {
  value?: string
  salt?: string
}

interface Parameters {
  hashIterations?: number
  algorithm?: string
  additionalParameters?: Record<string, string[]>
  digits?: number
  period?: number
  subType?: string
  secretEncoding?: string
}

/** A PHC string or bcrypt; undefined for what this service cannot check. */
export function passwordHashOf(credential: RealmCredential): string | undefined {
  const { value = '', salt = '' } = parse<Secret>(credential.secretData) ?? {
    value: credential.hashedSaltedValue ?? '',
    salt: credential.salt ?? '',
  }
  const parameters = parse<Parameters>(credential.credentialData) ?? credential
  const { algorithm = '', hashIterations = 0 } = parameters
  if (/^\$2[aby]\$/.test(value)) return value
  const pbkdf2 = /^pbkdf2(?:-(sha256|sha512))?$/.exec(algorithm)
  if (pbkdf2) return `$pbkdf2-${pbkdf2[1] ?? 'sha1'}$i=${hashIterations}$${unpadded(salt)}$${unpadded(value)}`
  if (algorithm !== 'argon2' || !('additionalParameters' in parameters)) return undefined
  const one = (name: string) => parameters.additionalParameters?.[name]?.[0]
  if (one('type') !== 'id' || one('version') !== '1.3') return undefined
  const cost = `m=${one('memory')},t=${hashIterations},p=${one('parallelism')}`
  return `$argon2id$v=19$${cost}$${unpadded(salt)}$${unpadded(value)}`
}

/** In base32; undefined for a kind of code that this service does not ask for. */
export function authenticatorSecretOf(credential: RealmCredential): string | undefined {
  const { value } = parse<Secret>(credential.secretData) ?? {}
  const {
    subType,
    digits = 6,
    period = 30,
    algorithm = 'HmacSHA1',
    secretEncoding,
  } = parse<Parameters>(credential.credentialData) ?? {}
  if (!value || subType !== 'totp' || digits !== 6 || period !== 30 || algorithm !== 'HmacSHA1') return undefined
  return secretEncoding === 'BASE32' ? value.replace(/=+$/, '').toUpperCase() : base32(Buffer.from(value))
}

function parse<Shape>(json: string | undefined): Shape | undefined {
  try {
    return json === undefined ? undefined : JSON.parse(json)
  } catch {
    return undefined
  }
}

const unpadded = (base64: string) => base64.replace(/=+$/, '')

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** RFC 4648, without padding. */
function base32(bytes: Buffer): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  return (bits.match(/.{1,5}/g) ?? []).map((five) => ALPHABET[Number.parseInt(five.padEnd(5, '0'), 2)]).join('')
}
