/** `npm run audit:verify`, as it is typed, against a service on a port of this machine. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { startSite } from './browser/site.ts'
import { askThrough } from './support/app.ts'
import { SECRETS } from './support/variables.ts'
import { create } from './support/world.ts'

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-audit-'))
let site: Awaited<ReturnType<typeof startSite>>

before(async () => {
  site = await startSite()
})
after(async () => {
  site.close()
  rmSync(folder, { recursive: true, force: true })
})

function verify(): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = { ...process.env, PUBLIC_ORIGIN: site.origin, ADMIN_API_KEY: SECRETS.ADMIN_API_KEY, INIT_CWD: folder }
  const args = ['src/commands/audit-verify.ts', '--since', 'seen']
  return new Promise((resolve) =>
    execFile(process.execPath, args, { env, timeout: 30_000 }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    ),
  )
}

test('says of every chain whether it is whole, names the first broken row, and remembers how far the log had come', async () => {
  const app = askThrough(site.service)
  const tenants: string[] = []
  for (const key of ['one', 'two']) {
    const { id } = await create<{ id: string }>(app, '/v1/tenants', { key, name: key })
    tenants.push(id)
  }
  const whole = await verify()
  assert.equal(whole.code, 0, whole.stderr)
  for (const name of ['the log over all chains', ...tenants])
    assert.match(whole.stdout, new RegExp(`^${name} +\\d+ {2}whole$`, 'm'))

  const again = await verify()
  assert.equal(again.code, 0, again.stderr)
  assert.match(again.stdout, /^the log since the last time +0 {2}whole$/m)

  await app.rows("update audit set action = 'tenant.read' where tenant_id = ?", tenants[1] ?? '')
  const broken = await verify()
  assert.equal(broken.code, 1)
  assert.match(broken.stdout, new RegExp(`^${tenants[0]} +1 {2}whole$`, 'm'))
  assert.match(broken.stdout, new RegExp(`^${tenants[1]} +0 {2}BROKEN at 1 \\([0-9a-f-]{36}\\): forged\\.`, 'm'))

  await app.rows('delete from audit_seals where n = (select max(n) from audit_seals)')
  assert.match((await verify()).stdout, /^the log since the last time .* log_rewound\./m)
})
