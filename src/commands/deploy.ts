/** `npm run deploy [-- --dry-run]`: a check, the migrations and the worker, to Cloudflare. */
import { parseArgs } from 'node:util'
import { unstable_readConfig as readConfig } from 'wrangler'
import { openLibsql } from '../platform/libsql.ts'
import { findMisconfiguration } from './deploy-check.ts'
import { runCommand, say } from './run-command.ts'
import { runWrangler, showWrangler } from './wrangler.ts'

/**
 * The migrations come first, because each leaves what the version before it needs, while no version works without its
 * own. Only the very first time there is no database before `wrangler deploy` has made it.
 */
async function deploy(): Promise<void> {
  requireConfiguration(await listSecrets())
  const { vars, database } = readSettings()
  if (typeof vars['LIBSQL_URL'] === 'string') {
    await openLibsql({ url: vars['LIBSQL_URL'], authToken: process.env['LIBSQL_AUTH_TOKEN'] })
    return showWrangler('deploy')
  }
  const migrate = () => showWrangler('d1', 'migrations', 'apply', 'DB', '--remote')
  const exists = (await listDatabases()).some((name) => name === database)
  if (exists) await migrate()
  await showWrangler('deploy')
  if (!exists) await migrate()
}

/** What needs no account. The secrets are taken to be set. */
async function rehearse(): Promise<void> {
  await showWrangler('deploy', '--dry-run')
  requireConfiguration(['MASTER_KEY', 'ADMIN_API_KEY', 'DELIVERY_SECRET', 'LIBSQL_AUTH_TOKEN'])
  say('The configuration is complete, as far as it can be seen from here.')
}

function requireConfiguration(secrets: string[]): void {
  const { vars, sendsMail } = readSettings()
  const problems = findMisconfiguration({ vars, secrets, sendsMail })
  if (problems.length > 0) throw new Error(['Nothing is deployed.', ...problems].join('\n'))
}

function readSettings() {
  const { vars, d1_databases, send_email }: WranglerToml = readConfig({ config: 'wrangler.toml' })
  return {
    vars,
    database: d1_databases.find(({ binding }) => binding === 'DB')?.database_name,
    sendsMail: send_email.some(({ name }) => name === 'EMAIL'),
  }
}

/** As much of it as matters here. */
interface WranglerToml {
  vars: Record<string, unknown>
  d1_databases: { binding: string; database_name: string }[]
  send_email: { name: string }[]
}

/** None while there is no worker; `wrangler secret put` makes an empty one to hold them. */
async function listSecrets(): Promise<string[]> {
  const { succeeded, stdout, output } = await runWrangler('secret', 'list', '--format', 'json')
  if (succeeded) return namesIn(stdout)
  if (/Worker ".*" not found/.test(output)) return []
  throw new Error(`The secrets could not be listed. Is it the right account (npx wrangler whoami)?\n${output}`)
}

async function listDatabases(): Promise<string[]> {
  const { succeeded, stdout, output } = await runWrangler('d1', 'list', '--json')
  if (!succeeded) throw new Error(output)
  return namesIn(stdout)
}

const namesIn = (json: string) => (JSON.parse(json) as { name: string }[]).map(({ name }) => name)

const { values } = parseArgs({ options: { 'dry-run': { type: 'boolean' } } })
await runCommand(values['dry-run'] ? rehearse : deploy)
