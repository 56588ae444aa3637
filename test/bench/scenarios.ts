/** The routes that are asked most, in an order in which each leaves what the next one needs. */
import { DEMO } from '../../src/commands/demo.ts'
import { type Scenario, WORKERS } from './load.ts'
import { otherFamilies } from './scenarios-families.ts'
import { credentialsOf, type Demo, makeCodes, usernameOf } from './seed.ts'
import { expectOk, type Target } from './target.ts'

interface Tokens {
  accessToken: string
  refreshToken: string
}

/** Codes: more than can be exchanged in a measurement of some seconds; when they run out, it ends. */
const CODES = 6_000

export async function makeScenarios(
  target: Target,
  demo: Demo,
  { users, codes: count = CODES }: { users: number; codes?: number },
): Promise<Scenario[]> {
  const pairs: Tokens[] = []
  const codes = await makeCodes(target, demo, users, count)
  const anybody = () => usernameOf(Math.floor(Math.random() * users))
  const withToken = (route: string, path = route): Scenario => ({
    route: `GET ${route}`,
    async ask(worker) {
      await expectOk(target, path, { headers: bearer(pairs, worker) })
      return true
    },
  })
  return [
    {
      route: 'POST /auth/login',
      async ask() {
        await expectOk(target, '/auth/login', { body: credentialsOf(anybody()) })
        return true
      },
    },
    {
      route: 'POST /auth/token',
      async ask(worker) {
        const code = codes.pop()
        if (code === undefined) return false
        pairs[worker] = await expectOk<Tokens>(target, '/auth/token', { body: { clientId: DEMO.clientId, code } })
        return true
      },
    },
    {
      route: 'POST /auth/token-refresh',
      async ask(worker) {
        const body = { refreshToken: pairs[worker]?.refreshToken }
        pairs[worker] = await expectOk<Tokens>(target, '/auth/token-refresh', { body, headers: bearer(pairs, worker) })
        return true
      },
    },
    withToken('/auth/me'),
    withToken('/login-activity', '/login-activity?filter={"limit":20}'),
    { route: 'GET /.well-known/jwks.json', ask: () => expectOk(target, '/.well-known/jwks.json').then(() => true) },
    ...(await otherFamilies(target, anybody)),
  ]
}

function bearer(pairs: Tokens[], worker: number) {
  const pair = pairs[worker]
  if (!pair) throw new Error(`Only ${pairs.length} of ${WORKERS} workers have tokens.`)
  return { authorization: `Bearer ${pair.accessToken}` }
}
