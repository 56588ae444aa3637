/** How people may log in on the hosted pages of a tenant, and the trip to a provider from there. */
import { type Connection, listConnectionsOfTenant } from '../../db/connections.ts'
import type { Tenant } from '../../db/principals.ts'
import type { Deps } from '../../deps.ts'
import { AppError } from '../errors.ts'
import { type Departure, departTo } from '../federation/departure.ts'
import { loginMethodOf } from '../federation/person.ts'
import { type LoginFlow, noteInFlow } from './login-flow.ts'
import { backToLogin } from './provider-arrival.ts'

/** What the tenant's people may log in with elsewhere. */
export async function listProviders({ db }: Pick<Deps, 'db'>, { id, loginMethods }: Tenant): Promise<Connection[]> {
  if (!loginMethods.includes('social') && !loginMethods.includes('sso')) return []
  const connections = await listConnectionsOfTenant(db, id)
  return connections.filter((connection) => loginMethods.includes(loginMethodOf(connection)))
}

type Started = Pick<LoginFlow, 'id' | 'hash' | 'tenant'>

/** To the provider, or back to the page with the reason why not. */
export async function departFromLogin(deps: Deps, flow: Started, connectionId: string): Promise<Departure> {
  const connections = await listProviders(deps, flow.tenant)
  return depart(
    deps,
    flow,
    connections.find(({ id }) => id === connectionId),
  )
}

/** To the only provider, where there is nothing else to choose; undefined where there is. */
export async function departStraight(deps: Deps, flow: Started): Promise<Departure | undefined> {
  const ownWays = ['password', 'otp', 'passkey']
  if (flow.tenant.loginMethods.some((method) => ownWays.includes(method))) return undefined
  const [connection, ...others] = await listProviders(deps, flow.tenant)
  return connection && others.length === 0 ? depart(deps, flow, connection) : undefined
}

async function depart(deps: Deps, flow: Started, connection: Connection | undefined): Promise<Departure> {
  try {
    if (!connection) throw new AppError('login_denied')
    await noteInFlow(deps, flow, { problem: null })
    return await departTo(deps, { connection, hostedLogin: flow })
  } catch (thrown) {
    return { url: await backToLogin(deps, flow, thrown), binding: null }
  }
}
