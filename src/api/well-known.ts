/** What anybody may read: the public keys, and whether the service is up. */
import * as z from 'zod'
import { requireTables } from '../core/readiness.ts'
import { signingKeys } from '../core/sessions/signing-keys.ts'
import { operation } from '../http/operation.ts'
import { createRouter } from '../http/router.ts'

const KeySet = z.object({ keys: z.array(z.looseObject({ kty: z.string(), kid: z.string() })) })
const Health = z.object({ status: z.literal('ok') })

/** Shorter than the time for which a key is published before it signs. */
const JWKS_CACHE = 'public, max-age=300, stale-while-revalidate=60, stale-if-error=86400'

export const wellKnown = createRouter()
  .get(
    '/.well-known/jwks.json',
    operation({
      summary: 'The public signing keys (RFC 7517)',
      door: 'open',
      tag: 'service',
      answers: { 200: KeySet },
    }),
    async (c) => {
      const { published } = await signingKeys(c.var.deps)
      return c.json(published, 200, {
        'Cache-Control': JWKS_CACHE,
        'Access-Control-Allow-Origin': '*',
        'Cross-Origin-Resource-Policy': 'cross-origin',
      })
    },
  )

  .get(
    '/health',
    operation({
      summary: 'Whether the service answers',
      description: 'Once it has seen the tables of its database, it answers without asking it.',
      door: 'open',
      tag: 'service',
      answers: { 200: Health },
    }),
    async (c) => {
      await requireTables(c.var.deps)
      return c.json({ status: 'ok' as const })
    },
  )
