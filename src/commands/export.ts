/**
 * `npm run export -- [--tenant KEY] [--out FILE]`: everything that `npm run import -- --from gatehouse` takes, as JSON
 * lines. Password hashes and secrets are in it with `--with-secrets` only, which an audit row remembers.
 */
import { createWriteStream } from 'node:fs'
import { resolve } from 'node:path'
import { finished } from 'node:stream/promises'
import { parseArgs } from 'node:util'
import type { AdminApi } from './admin-api.ts'
import { complain, runCommand } from './run-command.ts'
import { runningService } from './running-service.ts'

const HERE = process.env['INIT_CWD'] ?? process.cwd()

await runCommand(async () => {
  const { values } = parseArgs({
    options: {
      tenant: { type: 'string' },
      out: { type: 'string' },
      url: { type: 'string' },
      'with-secrets': { type: 'boolean', default: false },
    },
  })
  const secrets = values['with-secrets']
  if (secrets && !values.out) throw new Error('Secrets are not shown: say --out FILE.')
  const api = await runningService(values.url)
  const tenantId = values.tenant === undefined ? undefined : await findTenant(api, values.tenant)
  const out = values.out ? createWriteStream(resolve(HERE, values.out), { mode: 0o600 }) : process.stdout
  const failed = new Promise<never>((_, reject) => out.once('error', reject))
  let lines = 0
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const query = new URLSearchParams({
      secrets: `${secrets}`,
      ...(tenantId && { tenantId }),
      ...(cursor && { cursor }),
    })
    const page = await api.get<{ lines: object[]; nextCursor: string | null }>(`/v1/export?${query}`)
    const text = page.lines.map((line) => `${JSON.stringify(line)}\n`).join('')
    if (text !== '') await Promise.race([write(out, text), failed])
    lines += page.lines.length
    cursor = page.nextCursor
  }
  if (out !== process.stdout) await Promise.race([finished(out.end()), failed])
  complain(`${lines.toLocaleString('en')} lines${values.out ? ` are in ${values.out}` : ''}.`)
})

function write(to: NodeJS.WritableStream, text: string): Promise<void> {
  return new Promise((done) => to.write(text, () => done()))
}

async function findTenant(api: AdminApi, key: string): Promise<string> {
  const { items } = await api.get<{ items: { id: string }[] }>(`/v1/tenants?${new URLSearchParams({ key })}`)
  const [tenant] = items
  if (!tenant) throw new Error(`There is no tenant ${key}.`)
  return tenant.id
}
