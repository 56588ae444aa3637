/** The provider's tokens behind a session: sealed, and never sent to a browser. */
import * as z from 'zod'
import type { Connection } from '../../db/connections.ts'
import type { NewProviderSession, ProviderSession } from '../../db/provider-sessions.ts'
import type { Deps } from '../../deps.ts'
import { seal, unseal } from '../vault.ts'
import type { ProviderTokens } from './redemption.ts'

const Tokens = z.object({
  accessToken: z.string(),
  refreshToken: z.string().nullable(),
  expiresAt: z.number().nullable(),
}) satisfies z.ZodType<ProviderTokens>

export const providerTokensIdentity = (sessionId: string) => `provider_sessions.tokens:${sessionId}`

/** `tokens` is null where the provider gives none, as in SAML. */
export async function newProviderSession(
  deps: Deps,
  { sessionId, connection, tokens }: { sessionId: string; connection: Connection; tokens: ProviderTokens | null },
): Promise<NewProviderSession> {
  const sealed = tokens && (await sealTokens(deps, sessionId, tokens))
  return { sessionId, connectionId: connection.id, tokens: sealed, createdAt: deps.now() }
}

export function sealTokens({ config }: Pick<Deps, 'config'>, sessionId: string, tokens: ProviderTokens) {
  return seal(config, providerTokensIdentity(sessionId), JSON.stringify(tokens))
}

/** Undefined where the provider gave none. */
export async function readTokens(
  { config }: Pick<Deps, 'config'>,
  { sessionId, tokens }: ProviderSession,
): Promise<ProviderTokens | undefined> {
  if (tokens === null) return undefined
  return Tokens.parse(JSON.parse(await unseal(config, providerTokensIdentity(sessionId), tokens)))
}
