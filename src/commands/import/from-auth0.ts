/**
 * From Auth0: what its job for exporting users writes (JSON lines, or a list), and what its support hands out with
 * `passwordHash`; both together where there are both. It knows no tenants of ours: `--tenant` says which one.
 */
import { type Auth0User, auth0Identities, auth0Membership, auth0Person, userIdOf } from './auth0-people.ts'
import { readPieces } from './read/json-pieces.ts'
import { readLines } from './read/text-lines.ts'
import { type Choices, type Outgoing, type Source, stableId } from './source.ts'
import { openStaging } from './staging.ts'

export async function fromAuth0({ paths, notes, tenant, role }: Choices): Promise<Source> {
  if (!tenant) throw new Error('Auth0 has no tenants of this kind: say --tenant KEY. It is made if it is not there.')
  const staging = openStaging()
  for (const path of paths)
    for await (const { line, ...read } of readUsers(path)) {
      const where = `${path}:${line}`
      if ('flaw' in read) {
        notes.left('users', read.flaw, where)
        continue
      }
      const user = read.value as Auth0User
      const id = userIdOf(user)
      if (!id) notes.left('users', 'without user_id', where)
      else if (user.passwordHash !== undefined) staging.put('hashes', id, user, where)
      else staging.put('users', id, user, where)
    }
  const everybody = function* (): Generator<{ user: Auth0User; id: string }> {
    for (const { row, key } of staging.all<Auth0User>('users')) {
      const [withHash] = staging.find<Auth0User>('hashes', key)
      yield { user: { ...withHash, ...row }, id: key }
    }
    for (const { row, key } of staging.all<Auth0User>('hashes'))
      if (staging.find('users', key).length === 0) yield { user: row, id: key }
  }
  const tenantId = stableId('auth0 tenant', tenant)
  const roleId = stableId('auth0 role', `${tenant} ${role}`)
  return {
    total: staging.count('users', 'hashes') * 2,
    *lines(): Generator<Outgoing> {
      yield { name: tenant, merge: true, line: { type: 'tenant', id: tenantId, key: tenant, name: tenant } }
      yield { name: role, merge: true, line: { type: 'role', id: roleId, tenantId, name: role } }
      for (const { user, id } of everybody()) yield auth0Person(user, id, tenantId, notes)
      for (const { user, id } of everybody()) yield auth0Membership(user, id, { tenantId, roleId })
      for (const { user, id } of everybody()) yield* auth0Identities(user, id, notes)
    },
    close: staging.close,
  }
}

type Read = { line: number } & ({ value: unknown } | { flaw: string })

/** A list of people, or a person a line. */
async function* readUsers(path: string): AsyncGenerator<Read> {
  if (await isList(path)) yield* readPieces(path, (steps) => steps.length === 1)
  else
    for await (const { number: line, ...text } of readLines(path)) {
      if ('flaw' in text) yield { line, flaw: text.flaw }
      else if (text.text.trim() !== '') yield { line, ...parse(text.text) }
    }
}

async function isList(path: string): Promise<boolean> {
  for await (const line of readLines(path))
    if ('text' in line && line.text.trim() !== '') return line.text.trim().startsWith('[')
  return false
}

function parse(text: string): { value: object } | { flaw: string } {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { value } : { flaw: 'is not an object' }
  } catch {
    return { flaw: 'is not JSON' }
  }
}
