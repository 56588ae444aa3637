/**
 * `npm run import -- --from arc|keycloak|auth0|gatehouse FILE…`: people, credentials, tenants, roles, memberships and
 * clients of another system, into a running service. It can be stopped and run again at any time.
 */
import { createWriteStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { keepAccount } from './import/account.ts'
import { fromArc } from './import/from-arc.ts'
import { fromAuth0 } from './import/from-auth0.ts'
import { fromGatehouse } from './import/from-gatehouse.ts'
import { fromKeycloak } from './import/from-keycloak.ts'
import { takeNotes } from './import/notes.ts'
import { showProgress } from './import/progress.ts'
import { sendAll } from './import/send.ts'
import type { Choices, Source } from './import/source.ts'
import { runCommand, say } from './run-command.ts'
import { runningService } from './running-service.ts'

const SOURCES: Record<string, { open: (choices: Choices) => Promise<Source>; files: RegExp }> = {
  arc: { open: fromArc, files: /\.(sql|csv)(\.gz)?$/i },
  keycloak: { open: fromKeycloak, files: /\.json(\.gz)?$/i },
  auth0: { open: fromAuth0, files: /\.(json|ndjson|jsonl)(\.gz)?$/i },
  gatehouse: { open: fromGatehouse, files: /\.(ndjson|jsonl)(\.gz)?$/i },
}

const USAGE = `npm run import -- --from arc|keycloak|auth0|gatehouse FILE|FOLDER…
  --dry-run          changes nothing, and reports what would be
  --to URL           the service; else PUBLIC_ORIGIN, or the one that npm start runs
  --report FILE      what became of each line, as JSON lines, with old and new ids
  --merge            tenants and roles that are there under the same name stand for those that come
  --tenant KEY       (auth0) the tenant that everybody comes into
  --role NAME        (auth0) the role that everybody gets: member
  --secure-clients   (arc) it ran with secureClient: public clients have no secret`

/** Where npm was called; a script itself works in the project. */
const HERE = process.env['INIT_CWD'] ?? process.cwd()

await runCommand(async () => {
  const { values, positionals } = readArguments()
  const { open, files } = SOURCES[values.from ?? ''] ?? {}
  if (!open || !files || positionals.length === 0) throw new Error(USAGE)
  const paths = (await Promise.all(positionals.map((path) => filesOf(resolve(HERE, path), files)))).flat()
  const api = await runningService(values.to)
  requireProtected(api.address)
  // Before anything is read: whether the service is there, and the key good.
  await api.get('/v1/tenants?limit=1')
  const tell = values.report ? openReport(resolve(HERE, values.report)) : { each: () => {}, close: async () => {} }
  const notes = takeNotes(tell.each)
  const dryRun = values['dry-run']
  const source = await open({
    paths,
    notes,
    tenant: values.tenant,
    role: values.role,
    secureClients: values['secure-clients'],
  })
  const progress = showProgress(source.total)
  const account = keepAccount(notes, progress, tell.each)
  try {
    await sendAll(source, { api, account, dryRun, merge: values.merge })
  } catch (cause) {
    progress.end()
    say(account.report('Until then:'))
    throw new Error(`${(cause as Error).message}\nIt did not come to its end. Run it again: what came stays.`, {
      cause,
    })
  } finally {
    source.close()
    await tell.close()
  }
  progress.end()
  say(account.report(dryRun ? 'A trial: nothing was written. It would be:' : `Carried into ${api.address}:`))
})

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        from: { type: 'string' },
        to: { type: 'string' },
        'dry-run': { type: 'boolean', default: false },
        merge: { type: 'boolean', default: false },
        report: { type: 'string' },
        tenant: { type: 'string' },
        role: { type: 'string', default: 'member' },
        'secure-clients': { type: 'boolean', default: false },
      },
    })
  } catch (cause) {
    throw new Error(`${(cause as Error).message}\n${USAGE}`, { cause })
  }
}

async function filesOf(path: string, wanted: RegExp): Promise<string[]> {
  const found = await stat(path).catch(() => undefined)
  if (!found) throw new Error(`${path} cannot be read: there is no such file.`)
  if (!found.isDirectory()) return [path]
  const names = (await readdir(path)).filter((name) => wanted.test(name)).sort()
  if (names.length === 0) throw new Error(`There is no file in ${path} whose name ends as in ${wanted.source}.`)
  return names.map((name) => join(path, name))
}

/** Password hashes and the operator's key travel. */
function requireProtected(address: string): void {
  const { protocol, hostname } = new URL(address)
  if (protocol !== 'https:' && !/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname))
    throw new Error(`${address} is not https: password hashes would travel in clear.`)
}

/** Names and ids, no hashes; still nobody else's business. */
function openReport(path: string) {
  const file = createWriteStream(path, { mode: 0o600 })
  return {
    each: (entry: Record<string, unknown>) => void file.write(`${JSON.stringify(entry)}\n`),
    close: () => new Promise<void>((done) => file.end(done)),
  }
}
