/** `npm run import` and `npm run export`, as they are typed, against a service on a port of this machine. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { hashSync } from 'bcryptjs'
import { startSite } from './browser/site.ts'
import { askThrough } from './support/app.ts'
import { startOnLibsql } from './support/libsql.ts'
import { SECRETS } from './support/variables.ts'

const PEOPLE = 700
const MOST_MS = 60_000
const HASH = hashSync('temp123!@', 4)

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-commands-'))
const running = new Set<ChildProcess>()
let site: Awaited<ReturnType<typeof startSite>>
/** Every call of an import; answers are held back, or refused, by what this says. */
let calls = 0
let meanwhile: (call: number) => Response | undefined = () => undefined

before(async () => {
  site = await startSite(async (variables) => {
    const service = await startOnLibsql(variables)
    const fetch: typeof service.fetch = async (path, init, from) => {
      const refusal = path === '/v1/import' ? meanwhile(++calls) : undefined
      return refusal ?? service.fetch(path, init, from)
    }
    return { ...service, fetch }
  })
})
after(async () => {
  for (const child of running) child.kill('SIGKILL')
  site.close()
  await site.service.stop()
  rmSync(folder, { recursive: true, force: true })
})

interface Ended {
  code: number | null
  stdout: string
  stderr: string
}

function start(command: 'import' | 'export', ...args: string[]): { child: ChildProcess; ended: Promise<Ended> } {
  const env = { ...process.env, PUBLIC_ORIGIN: site.origin, ADMIN_API_KEY: SECRETS.ADMIN_API_KEY, INIT_CWD: folder }
  const child = spawn(process.execPath, [`src/commands/${command}.ts`, ...args], { env, timeout: MOST_MS })
  running.add(child)
  const said = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream].setEncoding('utf8').on('data', (text) => (said[stream] += text))
  const { promise, resolve } = Promise.withResolvers<Ended>()
  child.on('close', (code) => {
    running.delete(child)
    resolve({ code, ...said })
  })
  return { child, ended: promise }
}
const run = (command: 'import' | 'export', ...args: string[]) => start(command, ...args).ended

const uuid = (kind: number, n: number) => `00000000-0000-4000-800${kind}-${String(n).padStart(12, '0')}`
const write = (name: string, text: string) => writeFileSync(join(folder, name), text)
const numbers = Array.from({ length: PEOPLE }, (_, n) => n)

/** As CSV, a file a table. */
function writeTables(): void {
  write('tenants.csv', `id,key,name,status\n${uuid(0, 0)},acme,Acme,1\n`)
  write('roles.csv', `id,name,permissions\n${uuid(1, 0)},member,"{P1,P2}"\n`)
  write('users.csv', `id,username\n${numbers.map((n) => `${uuid(2, n)},user${n}`).join('\n')}\n`)
  write('user_credentials.csv', `userId,password\n${numbers.map((n) => `${uuid(2, n)},${HASH}`).join('\n')}\n`)
  write(
    'user_tenants.csv',
    `id,user_id,tenant_id,role_id,status\n${numbers.map((n) => `${uuid(3, n)},${uuid(2, n)},${uuid(0, 0)},${uuid(1, 0)},1`).join('\n')}\n`,
  )
}

const count = async (sql: string) => Number((await site.service.rows(sql))[0]?.['n'])

describe('npm run import', () => {
  before(writeTables)

  test('that is killed in the middle is simply run again', async () => {
    const command = start('import', '--from', 'arc', '.', '--report', 'killed.ndjson')
    calls = 0
    meanwhile = (call) => {
      if (call === 5) command.child.kill('SIGKILL')
      return undefined
    }
    assert.equal((await command.ended).code, null)
    const half = await count('select count(*) as n from users')
    assert.ok(half > 0 && half < PEOPLE, `${half} of ${PEOPLE} came before`)

    meanwhile = () => undefined
    const { code, stdout } = await run('import', '--from', 'arc', '.', '--report', 'whole.ndjson')
    assert.equal(code, 0, stdout)
    assert.match(stdout, /memberships +700 new/)
    for (const table of ['users', 'passwords', 'memberships'])
      assert.equal(await count(`select count(*) as n from ${table}`), PEOPLE, table)
    assert.equal(await count(`select count(*) as n from audit where action like '%.import'`), 2 * PEOPLE + 2)
    const twice = `select count(*) as n from (select target_id from audit group by action, target_id having count(*) > 1)`
    assert.equal(await count(twice), 0)
  })

  test('waits for a service that is busy', async () => {
    meanwhile = (call) => (call % 3 === 1 ? new Response('busy', { status: 503 }) : undefined)
    calls = 0
    const { code, stdout } = await run('import', '--from', 'arc', '.')
    meanwhile = () => undefined
    assert.equal(code, 0, stdout)
    assert.match(stdout, /users +0 new, +700 there already/)
  })

  test('shows no hash, nor writes one into its report', async () => {
    write(
      'bad.ndjson',
      `{"type":"user","username":"x","nonsense":1,"passwordHash":"${HASH}"}\n{"passwordHash":"${HASH}\n`,
    )
    const { code, stdout, stderr } = await run(
      'import',
      '--from',
      'gatehouse',
      'bad.ndjson',
      '--report',
      'bad-report.ndjson',
    )
    assert.equal(code, 0)
    assert.match(stdout, /1 users: nonsense must NOT have additional properties \(x\)/)
    assert.match(stdout, /1 lines: is not a line of an export/)
    const reports = ['whole.ndjson', 'bad-report.ndjson'].map((name) => readFileSync(join(folder, name), 'utf8'))
    assert.ok(reports.every((report) => report.length > 0))
    assert.ok(![stdout, stderr, ...reports].join('\n').includes(HASH.slice(0, 20)))
    assert.equal(statSync(join(folder, 'whole.ndjson')).mode & 0o777, 0o600)
  })
})

describe('an import that cannot be', { concurrency: 3 }, () => {
  const WRONG: Record<string, [string[], RegExp]> = {
    'without a source': [['x.sql'], /^npm run import -- --from/],
    'with an option that there is not': [['--from', 'arc', '--force', 'x'], /--force/],
    'of a file that is not there': [
      ['--from', 'arc', 'nowhere.sql'],
      /nowhere\.sql cannot be read: there is no such file/,
    ],
    'of a file without anything': [['--from', 'arc', 'killed.ndjson'], /There is nothing to import/],
    'over a line that anybody can read': [
      ['--from', 'arc', '.', '--to', 'http://auth.example.com'],
      /is not https: password hashes would travel in clear/,
    ],
    'with a service that is not there': [
      ['--from', 'arc', '.', '--to', 'http://localhost:9'],
      /There is no answer from/,
    ],
  }
  for (const [name, [args, sentence]] of Object.entries(WRONG))
    test(`${name} says what is wrong`, async () => {
      const { code, stderr } = await run('import', ...args)
      assert.equal(code, 1)
      assert.match(stderr, sentence)
      assert.doesNotMatch(stderr, /\n\s+at /)
    })
})

describe('npm run export', () => {
  const lines = (text: string) =>
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string })

  test('writes JSON lines, of one tenant or of all', async () => {
    await askThrough(site.service).admin.post('/v1/tenants', { key: 'other', name: 'Other' })
    const given = [['--tenant', 'acme'], [], ['--tenant', 'nobody'], ['--with-secrets']]
    const [one, all, none, shown] = await Promise.all(given.map((args) => run('export', ...args)))
    assert.equal(lines(one?.stdout ?? '').length, 2 * PEOPLE + 2)
    assert.equal(lines(all?.stdout ?? '').length, 2 * PEOPLE + 3)
    assert.ok(!all?.stdout.includes('passwordHash'))
    assert.match(none?.stderr ?? '', /There is no tenant nobody/)
    assert.match(shown?.stderr ?? '', /Secrets are not shown: say --out FILE/)
  })

  test('writes secrets into a file of its owner only', async () => {
    const { code } = await run('export', '--with-secrets', '--out', 'secret.ndjson')
    assert.equal(code, 0)
    assert.equal(statSync(join(folder, 'secret.ndjson')).mode & 0o777, 0o600)
    assert.equal(readFileSync(join(folder, 'secret.ndjson'), 'utf8').split(HASH).length - 1, PEOPLE)
  })
})
