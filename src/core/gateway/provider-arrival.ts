/** Back from an identity provider in a login of the hosted pages: on to the service, or to the page with what went wrong. */
import type { Deps } from '../../deps.ts'
import { AppError } from '../errors.ts'
import { type Entry, enterThroughProvider } from '../federation/entry.ts'
import { arrive } from './arrival.ts'
import { type LoginFlow, noteInFlow, resumeLoginFlow } from './login-flow.ts'

/** The token travels in an address, which servers and browsers do not take at any length. */
const MOST_GROUP_CHARACTERS = 2_000

/**
 * Where the browser goes next. It has shown the secret of the trip to the provider; that it is the one that began the
 * login the gateway's callback sees by its own cookie. Throws `login_ended` or `not_found` where there is no page to go to.
 */
export async function endInHostedLogin(
  deps: Deps,
  id: string,
  ask: (tenantId: string) => Promise<Omit<Entry, 'landing'>>,
): Promise<string> {
  const flow = await resumeLoginFlow(deps, id)
  try {
    return await letIn(deps, flow, await ask(flow.tenant.id))
  } catch (thrown) {
    return backToLogin(deps, flow, thrown)
  }
}

function letIn(deps: Deps, flow: LoginFlow, vouched: Omit<Entry, 'landing'>): Promise<string> {
  const { connection, profile } = vouched
  const { id: tenantId } = flow.tenant
  if (connection.tenantId !== null && connection.tenantId !== tenantId) throw new AppError('login_ended')
  const groups = profile.groups && fitting(profile.groups)
  return enterThroughProvider(deps, { ...vouched, landing: { tenantId, only: true } }, ({ settle, ...entrant }) =>
    arrive(deps, flow, { groups, ...entrant }, { settle }),
  )
}

/** The hosted page, which says what the person can do about it; the cause goes to the log only. A bug is thrown on. */
export async function backToLogin(deps: Deps, flow: Pick<LoginFlow, 'id' | 'hash'>, thrown: unknown): Promise<string> {
  if (!(thrown instanceof AppError)) throw thrown
  const { code, cause } = thrown
  deps.log('warn', 'federated login refused', { requestId: deps.trace.requestId, errorCode: code, cause })
  await noteInFlow(deps, flow, { problem: code })
  return `/login?flow=${flow.id}`
}

/** As many as have room, the provider's first ones first. */
function fitting(groups: string[]): string[] {
  let room = MOST_GROUP_CHARACTERS
  const past = groups.findIndex((group) => {
    room -= group.length
    return room < 0
  })
  return past < 0 ? groups : groups.slice(0, past)
}
