/** The configuration of every service under test: random secrets, a local origin, every log line. */
import { randomBytes } from 'node:crypto'
import { registerSecret } from './secrets.ts'

const random = () => randomBytes(32).toString('base64url')

export const ORIGIN = 'http://localhost:8787'
export const SECRETS = { MASTER_KEY: random(), ADMIN_API_KEY: random() }
export const VARIABLES: Record<string, string> = { PUBLIC_ORIGIN: ORIGIN, DELIVERY: 'outbox', LOG_LEVEL: 'debug' }

for (const secret of Object.values(SECRETS)) registerSecret(secret)
