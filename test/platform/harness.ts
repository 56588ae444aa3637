/** A port inside workerd: a small worker of the tests' own, with a binding that it is given. */
import { fileURLToPath } from 'node:url'
import { createTestHarness } from 'wrangler'

// Not all that keeps wrangler quiet elsewhere: its explorer shows what the mail binding was given.
Object.assign(process.env, {
  CI: '1',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  WRANGLER_LOG: 'error',
  WRANGLER_SEND_METRICS: 'false',
})

type Worker = NonNullable<Parameters<typeof createTestHarness>[0]>['workers'][number]
type Config = Extract<Worker, { config: unknown }>['config']

/** `main` is a path from the project's root. */
export const harnessOf = (config: Config) =>
  createTestHarness({
    root: fileURLToPath(new URL('../..', import.meta.url)),
    workers: [{ config: { compatibility_date: '2026-10-20', ...config } }],
  })
