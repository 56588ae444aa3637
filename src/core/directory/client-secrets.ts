/** Client secrets: sealed, because HMAC needs them back, and as a keyed digest, because SQL compares that. */
import type { Ports } from '../../deps.ts'
import { keyedDigest, keyedDigests, seal } from '../vault.ts'

type Deps = Pick<Ports, 'config'>

const PURPOSE = 'client secret'

/** The columns that keep a secret for the client row `id`. */
export async function storedSecret({ config }: Deps, id: string, secret: string) {
  return {
    secret: await seal(config, secretIdentity(id), secret),
    secretDigest: await keyedDigest(config, PURPOSE, secret),
  }
}

/** What a presented secret may be stored as. */
export function secretDigests({ config }: Deps, presented: string): Promise<string[]> {
  return keyedDigests(config, PURPOSE, presented)
}

/** The same for the current and the previous secret: rotating moves the sealed value from one column to the other. */
export const secretIdentity = (id: string) => `clients.secret:${id}`
