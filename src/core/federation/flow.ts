/**
 * One login on its way through a provider. `state` names it to the provider and is good once; the secret stays in the
 * browser that started it, and PKCE verifier and nonce come of that secret: nobody else can finish the login.
 * Linking is another matter: it is asked for by a script, and browsers keep no cookies for the scripts of other sites.
 * So its secret comes of the state, and a browser that cannot show it gets only something for its user to confirm.
 */
import * as z from 'zod'
import type { Client } from '../../db/clients.ts'
import type { Connection } from '../../db/connections.ts'
import { consumeFlow, FEDERATION_FLOW, selectFlow } from '../../db/federation-flows.ts'
import { insertOneTimeSecret } from '../../db/one-time.ts'
import type { Tenant } from '../../db/principals.ts'
import { CONNECTION_KINDS } from '../../db/schema.ts'
import type { Deps } from '../../deps.ts'
import { newId, randomToken, sha256 } from '../crypto.ts'
import { AppError } from '../errors.ts'
import { keyedDigest } from '../vault.ts'

const LIFETIME_MS = 10 * 60_000

const FlowData = z.object({
  connectionId: z.string(),
  kind: z.enum(CONNECTION_KINDS),
  /** The digest of the browser's secret. */
  browser: z.string(),
  /** What the client sent to have it back. */
  callerState: z.string().nullable(),
  /** The client's own PKCE challenge, for the code that it gets. */
  codeChallenge: z.string().nullable(),
  /** The session of the signed-in user who links an identity; null for a login. */
  linkSessionId: z.string().nullable(),
  /** The login of the hosted pages that it ends in; null where it ends at a client. */
  hostedLoginId: z.string().nullable().default(null),
})

interface ForClient {
  client: Client
  callerState?: string | undefined
  codeChallenge?: string | undefined
  link?: { userId: string; sessionId: string } | undefined
}

interface ForHostedLogin {
  hostedLogin: { id: string; tenant: Pick<Tenant, 'id'> }
}

export type NewFlow = { connection: Connection } & (ForClient | ForHostedLogin)

export interface StartedFlow {
  state: string
  secret: string
  verifier: string
  nonce: string
}

export async function startFlow(deps: Deps, flow: NewFlow): Promise<StartedFlow> {
  const { connection } = flow
  const { client, callerState = null, codeChallenge = null, link } = 'client' in flow ? flow : NO_CLIENT
  const hostedLogin = 'hostedLogin' in flow ? flow.hostedLogin : undefined
  const state = randomToken()
  const secret = link ? await secretOfLink(deps, state) : randomToken()
  const data: z.infer<typeof FlowData> = {
    connectionId: connection.id,
    kind: connection.kind,
    browser: await sha256(secret),
    callerState,
    codeChallenge,
    linkSessionId: link?.sessionId ?? null,
    hostedLoginId: hostedLogin?.id ?? null,
  }
  await insertOneTimeSecret(deps.db, {
    kind: FEDERATION_FLOW,
    hash: await sha256(state),
    clientId: client?.id ?? null,
    userId: link?.userId ?? null,
    tenantId: hostedLogin?.tenant.id ?? null,
    data,
    expiresAt: new Date(deps.now().getTime() + LIFETIME_MS),
  })
  return { state, secret, ...(await proofsOf(secret)) }
}

const NO_CLIENT: Partial<ForClient> = {}

/** A login, or a link, that a client asked for. */
export interface EndAtClient {
  client: Client
  callerState: string | null
  codeChallenge: string | null
  link: { userId: string; sessionId: string } | null
}

/** A login of the hosted pages, by its id. */
export interface EndInHostedLogin {
  hostedLoginId: string
}

export interface ReturnedFlow {
  /** Where it ends. */
  end: EndAtClient | EndInHostedLogin
  connection: Connection | null
  verifier: string
  nonce: string
  /** This is its first return, and in time. */
  won: boolean
  /** The browser has shown the secret; else this is a link. */
  bound: boolean
}

/**
 * Spends the flow. Throws `login_mismatched` when no flow of this kind was started in this browser with this state, and
 * `client_unverified` when the client was disabled meanwhile.
 */
export async function takeFlow(
  deps: Deps,
  { state, secret: shown, kind }: { state: string; secret: string; kind: Connection['kind'] },
): Promise<ReturnedFlow> {
  const secret = shown || (await secretOfLink(deps, state))
  const browser = await sha256(secret)
  const use = { kind: FEDERATION_FLOW, hash: await sha256(state), useId: newId(), now: deps.now() }
  const [taken, [found]] = await deps.db.batch([
    consumeFlow(deps.db, use, { browser, kind }),
    selectFlow(deps.db, use.hash),
  ])
  const data = found && FlowData.parse(found.flow.data)
  if (!data || data.browser !== browser || data.kind !== kind) throw new AppError('login_mismatched')
  const end = endOf(found, data)
  const won = taken.length > 0
  const bound = shown !== ''
  return { end, connection: found.connection, won, bound, ...(await proofsOf(secret)) }
}

type FoundFlow = Awaited<ReturnType<typeof selectFlow>>[number]

function endOf({ flow, client }: FoundFlow, data: z.infer<typeof FlowData>): ReturnedFlow['end'] {
  const { callerState, codeChallenge, linkSessionId, hostedLoginId } = data
  if (hostedLoginId !== null) return { hostedLoginId }
  if (!client) throw new AppError('login_mismatched')
  if (client.status !== 'active') throw new AppError('client_unverified')
  const link = flow.userId && linkSessionId ? { userId: flow.userId, sessionId: linkSessionId } : null
  return { client, callerState, codeChallenge, link }
}

const secretOfLink = ({ config }: Pick<Deps, 'config'>, state: string) => keyedDigest(config, 'identity link', state)

async function proofsOf(secret: string) {
  return { verifier: await sha256(`verifier ${secret}`), nonce: await sha256(`nonce ${secret}`) }
}
