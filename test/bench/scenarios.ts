/** The main job, step by step; each step leaves what the next one needs. */
import { DEMO } from '../../src/commands/demo.ts'
import { type Load, measure, WORKERS } from './load.ts'
import { type Demo, makeCodes, SECRETS, usernameOf } from './seed.ts'
import type { Target } from './target.ts'

export interface Measurement extends Load {
  scenario: 'login' | 'token' | 'refresh' | 'me'
}

interface Tokens {
  accessToken: string
  refreshToken: string
}

/** More than can be exchanged in a measurement of some seconds; when they run out, it ends. */
const CODES = 6_000
const WARM_UP_SECONDS = 0.5

export async function benchScenarios(
  target: Target,
  demo: Demo,
  { users, seconds }: { users: number; seconds: number },
): Promise<Measurement[]> {
  const pairs: Tokens[] = []
  const codes = await makeCodes(target, demo, users, CODES)
  const run = async (scenario: Measurement['scenario'], ask: (worker: number) => Promise<boolean>) => {
    await measure(ask, WARM_UP_SECONDS, target.cpuSeconds)
    return { scenario, ...(await measure(ask, seconds, target.cpuSeconds)) }
  }

  const login = await run('login', async () => {
    const username = usernameOf(Math.floor(Math.random() * users))
    await ask(target, '/auth/login', {
      client_id: DEMO.clientId,
      client_secret: SECRETS.DEMO_CLIENT_SECRET,
      username,
      password: SECRETS.DEMO_PASSWORD,
    })
    return true
  })
  const token = await run('token', async (worker) => {
    const code = codes.pop()
    if (code === undefined) return false
    pairs[worker] = await ask<Tokens>(target, '/auth/token', { clientId: DEMO.clientId, code })
    return true
  })
  const refresh = await run('refresh', async (worker) => {
    const { accessToken, refreshToken } = pairOf(pairs, worker)
    pairs[worker] = await ask<Tokens>(target, '/auth/token-refresh', { refreshToken }, accessToken)
    return true
  })
  const me = await run('me', async (worker) => {
    await ask(target, '/auth/me', undefined, pairOf(pairs, worker).accessToken)
    return true
  })
  return [login, token, refresh, me]
}

function pairOf(pairs: Tokens[], worker: number): Tokens {
  const pair = pairs[worker]
  if (!pair) throw new Error(`Only ${pairs.length} of ${WORKERS} workers have tokens.`)
  return pair
}

/** Anything but 200 ends the bench. */
async function ask<Answer>(target: Target, path: string, body?: object, accessToken?: string): Promise<Answer> {
  const response = await target.fetch(path, {
    method: body ? 'POST' : 'GET',
    headers: {
      'content-type': 'application/json',
      ...(accessToken ? { authorization: `Bearer ${accessToken}` } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  const text = await response.text()
  if (response.status !== 200)
    throw new Error(`${path} was answered with ${response.status}: ${text}\n${target.log().at(-1) ?? ''}`)
  return JSON.parse(text)
}
