/** `npm run sign` against a service on a port of this machine, by way of a real shell and a real curl. */
import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { startSite } from './browser/site.ts'
import { askThrough } from './support/app.ts'
import type { Application } from './support/signatures.ts'
import { create } from './support/world.ts'

const run = promisify(execFile)
const skip = spawnSync('curl', ['--version']).error ? 'there is no curl' : false

describe('npm run sign', { skip }, () => {
  let site: Awaited<ReturnType<typeof startSite>>
  let application: Application
  before(async () => {
    site = await startSite()
    application = await create<Application>(askThrough(site.service), '/v1/clients', { name: 'Signs' })
  })
  after(async () => {
    site.close()
    await site.service.stop()
  })

  async function ask(method: string, path: string, ...more: string[]) {
    const env = { ...process.env, CLIENT_SECRET: application.clientSecret }
    const url = `${site.origin}${path.replace('APPLICATION', application.clientId)}`
    const { stdout: curl } = await run(process.execPath, ['src/commands/sign.ts', method, url, ...more], { env })
    return JSON.parse((await run('sh', ['-c', `${curl.trimEnd()} -s`])).stdout)
  }

  for (const version of ['1', '2'])
    test(`prints a command that a shell can run, version ${version}`, async () => {
      const users = [`it's "v${version}"`, `$HOME\\${version}`]
      const added = await ask(
        'POST',
        '/management/add_users/APPLICATION',
        JSON.stringify({ users }),
        '--version',
        version,
      )
      assert.deepEqual(added, { status: true, users: { created: users, existing: [] } })
      const user = encodeURIComponent(users[0] ?? '')
      const path = `/device_registration_link/APPLICATION/${user}?display_name=it's+[me]`
      const { status, register_url: url } = await ask('GET', path, '--version', version)
      assert.equal(status, true)
      assert.ok(url.startsWith(`${site.origin}/register-device?token=`))
    })

  test('says what is missing', async () => {
    const failing = run(process.execPath, ['src/commands/sign.ts', 'GET', '/no/origin'])
    await assert.rejects(failing, ({ stderr }: { stderr: string }) => stderr.startsWith('npm run sign -- METHOD URL'))
  })
})
