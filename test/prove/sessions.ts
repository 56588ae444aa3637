/** What a session is opened, continued and ended with. */
import assert from 'node:assert/strict'
import { REPEAT_MS } from '../../src/db/sessions.ts'
import type { App } from '../support/ask.ts'
import { bearer, getCode, getTokens, makeWorld, refresh, type Tokens } from '../support/world.ts'
import { type Thing, wonWith } from './race.ts'

const isEnded = async (app: App, tokens: Tokens) => assert.equal((await refresh(app, tokens)).status, 401)

export const SESSIONS: Thing[] = [
  {
    name: 'auth code',
    async prepare(app) {
      const world = await makeWorld(app)
      const code = await getCode(app, world)
      return {
        send: () => app.post('/auth/token', { code, clientId: world.client.clientId }),
        prize: wonWith(200, 'refreshToken'),
        refusals: [401],
        /** A code that is shown a second time ends what it opened. */
        afterwards: async ({ body }) => {
          await isEnded(app, body as Tokens)
          await hasActivity(app, world.user.id, { ACCESS: 1 })
        },
      }
    },
  },
  {
    name: 'refresh token',
    async prepare(app) {
      const world = await makeWorld(app)
      const tokens = await getTokens(app, world)
      return {
        send: () => refresh(app, tokens),
        prize: wonWith(200, 'refreshToken'),
        refusals: [],
        late: { afterMs: REPEAT_MS, refusals: [401] },
        /** Later than a lost answer explains, the pair that was used before ends the session. */
        afterwards: async ({ body: successor }) => {
          await hasActivity(app, world.user.id, { ACCESS: 1, RELOGIN: 1 })
          await app.rows('update sessions set rotated_at = rotated_at - 11000 where user_id = ?', world.user.id)
          await isEnded(app, tokens)
          await isEnded(app, successor as Tokens)
        },
      }
    },
  },
  {
    name: 'logout',
    async prepare(app) {
      const world = await makeWorld(app)
      const tokens = await getTokens(app, world)
      return {
        send: () => app.post('/logout', { refreshToken: tokens.refreshToken }, bearer(tokens)),
        prize: wonWith(200),
        refusals: [401],
        afterwards: () => hasActivity(app, world.user.id, { ACCESS: 1, LOGOUT: 1 }),
      }
    },
  },
]

async function hasActivity(app: App, userId: string, expected: Record<string, number>): Promise<void> {
  const rows = await app.rows(
    'select login_type, count(*) n from login_activity where actor = ? group by login_type',
    userId,
  )
  const found = Object.fromEntries(rows.map(({ login_type, n }) => [login_type, n]))
  for (const type of Object.keys(expected)) assert.equal(found[type], expected[type], `${type} in the login activity`)
}
