/** What a newcomer types. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { after, describe, test } from 'node:test'
import { parseEnv } from 'node:util'
import { runWrangler } from '../../src/commands/wrangler.ts'
import { copyProject, freePort } from '../support/project.ts'

const READY = /auth\/me -H/
const ADMIN_API_KEY = 'an operator of this test: 0123456789'

const USUAL_LOADING_MS = 1_900
const SECOND_START_MS = 6_000
/** The other tests keep the machine busy by turns. */
const ATTEMPTS = 3

describe('npm start', () => {
  const project = copyProject()
  after(() => project.remove())
  let firstUser: unknown

  test('stops at a weak secret, with one sentence that names it', async () => {
    writeFileSync(project.file('.dev.vars'), 'MASTER_KEY=weak\n')
    const command = project.run('start')
    assert.equal(await command.ended, 1)
    assert.match(command.output(), /^Gatehouse cannot start: MASTER_KEY must be [^\n]*\.\n$/)
  })

  test('stops at a port that is none', async () => {
    const command = project.run('start', { PORT: '80808' })
    assert.equal(await command.ended, 1)
    assert.match(command.output(), /^PORT must be a number from 1 to 65535, not "80808"\.\n$/)
  })

  test('completes .dev.vars, serves a demo that the printed commands log in to, and leaves no process behind', async () => {
    const given = `# mine\nADMIN_API_KEY="${ADMIN_API_KEY}"\nSESSION_READS=strict`
    writeFileSync(project.file('.dev.vars'), given)
    const PORT = String(await freePort())
    const command = project.run('start', { PORT })
    await command.until(READY)

    const text = readFileSync(project.file('.dev.vars'), 'utf8')
    assert.ok(text.startsWith(`${given}\n`))
    assert.equal(parseEnv(text)['ADMIN_API_KEY'], ADMIN_API_KEY)
    assert.equal(statSync(project.file('.dev.vars')).mode & 0o777, 0o600)
    const user = logInAsPrinted(command.output())
    assert.equal(user['username'], 'demo')
    firstUser = user['id']

    const second = project.run('start', { PORT })
    assert.equal(await second.ended, 1)
    assert.match(second.output(), new RegExp(`^Port ${PORT} is taken: [^\\n]*\\.\\n$`))

    command.kill('SIGINT')
    assert.equal(await command.ended, 0)
    assert.deepEqual(project.processes(), [])
  })

  test('starts again at once, with what was there', async (t) => {
    const secrets = readFileSync(project.file('.dev.vars'), 'utf8')
    const attempts: string[] = []
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const slowness = await measureSlowness()
      const begun = performance.now()
      const command = project.run('start', { PORT: String(await freePort()) })
      await command.until(READY)
      const took = performance.now() - begun
      assert.equal(readFileSync(project.file('.dev.vars'), 'utf8'), secrets)
      assert.equal(logInAsPrinted(command.output())['id'], firstUser)

      command.kill('SIGTERM')
      assert.equal(await command.ended, 0)
      assert.deepEqual(project.processes(), [])
      attempts.push(`${Math.round(took)} ms on a machine ${slowness.toFixed(1)} times as slow`)
      t.diagnostic(attempts.at(-1) ?? '')
      if (took < SECOND_START_MS * slowness) return
    }
    assert.fail(attempts.join('; '))
  })

  /** How much longer than on two idle cores wrangler takes to load, which is what a start mostly does. */
  async function measureSlowness(): Promise<number> {
    const begun = performance.now()
    await runWrangler('--version')
    return Math.max(1, (performance.now() - begun) / USUAL_LOADING_MS)
  }
})

describe('npm run start:deno', () => {
  const project = copyProject()
  after(() => project.remove())

  test('does the same on Deno', async () => {
    const command = project.run('start:deno', { PORT: String(await freePort()) })
    await command.until(READY)
    assert.equal(logInAsPrinted(command.output())['username'], 'demo')
    command.kill('SIGINT')
    assert.equal(await command.ended, 0)
    assert.deepEqual(project.processes(), [])
  })
})

/** Who the three printed lines find. */
function logInAsPrinted(output: string): Record<string, unknown> {
  const lines = output.split('\n').filter((line) => /^(CODE=|TOKEN=|curl )/.test(line))
  assert.equal(lines.length, 3)
  const answers = execFileSync('bash', ['-c', lines.join('\n')], { encoding: 'utf8' })
  return JSON.parse(answers.trim().split('\n').at(-1) ?? '')
}
