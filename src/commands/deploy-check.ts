/** Whether what is to be deployed is configured: by the same rules as at a start, but before anything is changed. */
import { randomBytes } from 'node:crypto'
import { parseConfig } from '../config.ts'

export interface Setting {
  /** [vars] of wrangler.toml. */
  vars: Record<string, unknown>
  /** The names of the worker's secrets; their values cannot be read back. */
  secrets: string[]
  /** Whether wrangler.toml has the binding EMAIL. */
  sendsMail: boolean
}

const RANDOM = `node -p "crypto.randomBytes(32).toString('base64url')"`
const IN_VARS = 'Under [vars] in wrangler.toml, set'

const REQUIRED_VARS = {
  PUBLIC_ORIGIN: 'PUBLIC_ORIGIN = "https://auth.example.com"',
  DELIVERY: 'DELIVERY = "webhook" (or "binding", or "brevo")',
}
const REQUIRED_SECRETS = ['MASTER_KEY', 'ADMIN_API_KEY']
const SECRETS = [...REQUIRED_SECRETS, 'MASTER_KEY_PREVIOUS', 'DELIVERY_SECRET', 'LIBSQL_AUTH_TOKEN']

/** One sentence for each thing that is missing or wrong, with how to set it; empty when all is well. */
export function findMisconfiguration(setting: Setting): string[] {
  const { vars, secrets } = setting
  const words = [
    ...Object.entries(REQUIRED_VARS)
      .filter(([name]) => !vars[name])
      .map(([name, example]) => `${name} is missing. ${IN_VARS} ${example}.`),
    ...REQUIRED_SECRETS.filter((name) => !secrets.includes(name)).map(
      (name) =>
        `${name} is missing. Make one with ${RANDOM}, keep it safe, and set it with: npx wrangler secret put ${name}`,
    ),
    ...SECRETS.filter((name) => name in vars).map(
      (name) => `${name} is a secret. Take it out of wrangler.toml; set it with: npx wrangler secret put ${name}`,
    ),
    ...(secrets.includes('LIBSQL_URL')
      ? [`LIBSQL_URL is among the secrets, where its migrations cannot find it. ${IN_VARS} it.`]
      : []),
  ]
  return words.length > 0 ? words : findRefusals(setting)
}

function findRefusals({ vars, secrets, sendsMail }: Setting): string[] {
  try {
    const standIns = Object.fromEntries(secrets.map((name) => [name, standIn(name)]))
    const { development, DELIVERY, LIBSQL_URL } = parseConfig({ ...standIns, ...vars })
    return [
      ...(development ? [`PUBLIC_ORIGIN is this machine. ${IN_VARS} it to where people reach the service.`] : []),
      ...(DELIVERY === 'binding' && !sendsMail
        ? ['DELIVERY=binding needs the mail binding. In wrangler.toml, add: [[send_email]] with name = "EMAIL".']
        : []),
      ...(LIBSQL_URL?.startsWith('file:') ? ['LIBSQL_URL is a file, which Workers cannot open.'] : []),
    ]
  } catch (error) {
    return [`${(error as Error).message} It belongs under [vars] in wrangler.toml, or to: npx wrangler secret put`]
  }
}

/** A value that passes for that of a secret, so that the rest is checked together with it. */
const standIn = (name: string) =>
  name.endsWith('_URL') ? 'https://example.com' : randomBytes(32).toString('base64url')
