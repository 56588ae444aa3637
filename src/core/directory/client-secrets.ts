/** Client secrets: sealed, because HMAC needs them back, and as a keyed digest, because SQL compares that. */
import type { Client } from '../../db/clients.ts'
import type { Ports } from '../../deps.ts'
import { keyedDigest, keyedDigests, seal, unseal } from '../vault.ts'

type Deps = Pick<Ports, 'config'>

export const DIGEST_PURPOSE = 'client secret'

/** The columns that keep a secret for the client row `id`. */
export async function storedSecret({ config }: Deps, id: string, secret: string) {
  return {
    secret: await seal(config, secretIdentity(id), secret),
    secretDigest: await keyedDigest(config, DIGEST_PURPOSE, secret),
  }
}

/** What a presented secret may be stored as. */
export function secretDigests({ config }: Deps, presented: string): Promise<string[]> {
  return keyedDigests(config, DIGEST_PURPOSE, presented)
}

/** The same for the current and the previous secret: rotating moves the sealed value from one column to the other. */
export const secretIdentity = (id: string) => `clients.secret:${id}`

/** The secrets that the client may sign with now: the current one, and the one before while their overlap lasts. */
export async function usableSecrets({ config, now }: Pick<Ports, 'config' | 'now'>, client: Client): Promise<string[]> {
  const { id, secret, previousSecret, previousSecretUntil } = client
  const previous = previousSecret && previousSecretUntil && previousSecretUntil > now() ? [previousSecret] : []
  return Promise.all([secret, ...previous].map((sealed) => unseal(config, secretIdentity(id), sealed)))
}
