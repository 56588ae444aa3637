/**
 * What the gateway's cookie holds: `<session>.<mac>`. Nothing of it is stored, a forged one costs no round trip, and a
 * session's id alone, which access tokens show, opens nothing.
 */
import type { Ports } from '../../deps.ts'
import { keyedDigest, verifyKeyedDigest } from '../vault.ts'

type Deps = Pick<Ports, 'config'>

const PURPOSE = 'gateway session'

export async function makeCredential({ config }: Deps, sessionId: string): Promise<string> {
  return `${sessionId}.${await keyedDigest(config, PURPOSE, sessionId)}`
}

/** The session; undefined for what we did not make. */
export async function readCredential({ config }: Deps, credential: string): Promise<string | undefined> {
  const [, sessionId, mac] = /^([\w-]{1,64})\.([\w-]{43})$/.exec(credential) ?? []
  if (!sessionId || !mac) return undefined
  return (await verifyKeyedDigest(config, PURPOSE, sessionId, mac)) ? sessionId : undefined
}
