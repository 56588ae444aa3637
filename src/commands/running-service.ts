/** The service that an operator's command is for: `--url`, or PUBLIC_ORIGIN, from the environment or `.dev.vars`. */
import { parseEnv } from 'node:util'
import { type AdminApi, adminApi } from './admin-api.ts'
import { chosenPort, originAt, readDevVars } from './dev-vars.ts'

/** Throws a sentence that names what is missing. */
export async function runningService(url: string | undefined): Promise<AdminApi> {
  const { PUBLIC_ORIGIN, ADMIN_API_KEY } = { ...parseEnv(await readDevVars()), ...process.env }
  const address = url ?? (PUBLIC_ORIGIN && originAt(chosenPort(), { PUBLIC_ORIGIN }))
  if (!address) throw new Error('PUBLIC_ORIGIN is missing: set it, or say --url https://auth.example.com.')
  if (!ADMIN_API_KEY) throw new Error('ADMIN_API_KEY is missing: set it to the key of an operator.')
  return adminApi(address, ADMIN_API_KEY)
}
