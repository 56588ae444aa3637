/** Where a login through a provider ends: at the client that asked for it, or in the login of the hosted pages. */
import type { Client } from '../../db/clients.ts'
import type { Connection } from '../../db/connections.ts'
import type { Deps } from '../../deps.ts'
import { countRefused } from '../activity/refused-logins.ts'
import { AppError } from '../errors.ts'
import { endInHostedLogin } from '../gateway/provider-arrival.ts'
import { grantCode } from '../sessions/login.ts'
import { enterThroughProvider } from './entry.ts'
import type { EndAtClient, ReturnedFlow } from './flow.ts'
import { makeLinkCode } from './link-codes.ts'
import { finishLink } from './links.ts'
import type { Profile } from './profile.ts'
import type { ProviderTokens } from './redemption.ts'
import { failureUrl, returnUrl } from './return-url.ts'

/** Whom the provider vouches for. */
interface Vouched {
  connection: Connection
  profile: Profile
  tokens: ProviderTokens | null
}

/**
 * Where the browser goes next, with what it was sent for or with the reason why there is nothing. `redeem` asks the
 * provider; it is not called when the flow was used before or its connection is gone.
 */
export function endFlow(
  deps: Deps,
  flow: ReturnedFlow,
  redeem: (connection: Connection) => Promise<Omit<Vouched, 'connection'>>,
): Promise<string> {
  const { end, connection, won } = flow
  const ask = async (tenantId: string | null): Promise<Vouched> => {
    if (!won || !connection) throw new AppError('login_ended')
    const at = { method: connection.kind, tenantId: connection.tenantId ?? tenantId }
    const isLogin = !('client' in end && end.link)
    const failed = (thrown: unknown) => countFailure(deps, at, thrown, isLogin)
    return { connection, ...(await redeem(connection).catch(failed)) }
  }
  return 'client' in end ? endAtClient(deps, flow, end, ask) : endInHostedLogin(deps, end.hostedLoginId, ask)
}

/** As what the provider did, for whoever looks after it; and as a login, where it was to be one. */
export function countFailure(deps: Deps, at: Tried, thrown: unknown, isLogin = true): never {
  if (thrown instanceof AppError) deps.count({ name: 'provider', result: thrown.code.replace('provider_', ''), ...at })
  if (isLogin) return countRefused(deps, at)(thrown)
  throw thrown
}

interface Tried {
  method: string
  tenantId: string | null
}

async function endAtClient(
  deps: Deps,
  { bound }: ReturnedFlow,
  { client, callerState: state, codeChallenge, link }: EndAtClient,
  ask: (tenantId: string | null) => Promise<Vouched>,
): Promise<string> {
  try {
    const vouched = await ask(client.defaultTenantId)
    if (!link) {
      const code = await letInAtClient(deps, client, vouched, codeChallenge ?? undefined)
      return returnUrl(client, { code, state })
    }
    const { connection, profile } = vouched
    const identity = { ...link, connection, subject: profile.subject }
    if (!bound) return returnUrl(client, { linkCode: await makeLinkCode(deps, client, identity), state })
    await finishLink(deps, identity)
    return returnUrl(client, { linked: connection.kind, state })
  } catch (thrown) {
    return failureUrl(deps, client, thrown, state)
  }
}

/** A code, for somebody in the client's default tenant where they are a member, else in their own. */
export function letInAtClient(
  deps: Deps,
  client: Client,
  vouched: Vouched,
  codeChallenge?: string | undefined,
): Promise<string> {
  const landing = { tenantId: client.defaultTenantId, only: false }
  return enterThroughProvider(deps, { ...vouched, landing }, ({ settle, ...entrant }) =>
    grantCode(deps, { client, codeChallenge, ...entrant }, { settle }),
  )
}
