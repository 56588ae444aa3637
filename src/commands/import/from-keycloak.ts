/** From Keycloak: what `kc.sh export` writes, one file with everything or a folder of files. */
import { keycloakClients } from './keycloak-clients.ts'
import { keycloakPeople } from './keycloak-people.ts'
import type { Realm, RealmUser } from './keycloak-realm.ts'
import { type RoleBook, readRoles } from './keycloak-roles.ts'
import { readPieces, type Step } from './read/json-pieces.ts'
import { type Choices, given, type Outgoing, type Source, stableId, tenantKey } from './source.ts'
import { openStaging } from './staging.ts'

/** Parts of a realm that are needed; of the others a name and a count are told. */
const LISTS = ['users', 'clients', 'groups', 'identityProviders', 'federatedUsers']

export async function fromKeycloak({ paths, notes }: Choices): Promise<Source> {
  const staging = openStaging()
  const realms = new Map<string, Realm>()
  for (const [file, path] of paths.entries())
    for await (const piece of readPieces(path, isPiece)) {
      const where = `${path}:${piece.line}`
      const [document, member] = splitPath(piece.path)
      const key = `${file} ${document}`
      const realm = realms.get(key) ?? blank()
      realms.set(key, realm)
      if ('flaw' in piece) notes.left(`${member}`, piece.flaw, where)
      else if (member === 'users' && isObject(piece.value)) staging.put('users', key, piece.value, where)
      else if (member === 'federatedUsers') notes.left('users', 'they are kept in a directory outside Keycloak', where)
      else if (typeof member === 'string' && LISTS.includes(member))
        (realm[member as 'clients' | 'groups'] as unknown[]).push(piece.value)
      else if (typeof member === 'string') Object.assign(realm, { [member]: piece.value })
    }
  const whole = joinParts(realms)
  if (whole.size === 0) throw new Error('There is no realm in it: a member "realm" is missing.')
  return {
    total: staging.count('users') * 2 + whole.size,
    *lines(): Generator<Outgoing> {
      const taken = new Set<string>()
      const books = new Map<string, { realm: Realm; tenantId: string; roles: RoleBook }>()
      for (const [name, realm] of whole) {
        const tenantId = stableId('keycloak realm', realm.id ?? name)
        yield tenantOf(realm, tenantId, tenantKey(name, taken))
        if (realm.registrationAllowed) notes.changed('realms', 'closed for sign-up: open the tenant by hand', name)
        books.set(name, { realm, tenantId, roles: readRoles(realm, tenantId, notes) })
      }
      for (const { roles } of books.values()) yield* roles.lines
      for (const { realm, tenantId } of books.values()) yield* keycloakClients(realm, tenantId, notes)
      const bookOf = (key: string) => books.get(realms.get(key)?.realm ?? '')
      const users = () => staging.all<RealmUser>('users')
      yield* keycloakPeople(users, notes, (key) => bookOf(key))
    },
    close: staging.close,
  }
}

const blank = (): Realm => ({ realm: '', clients: [], groups: [], identityProviders: [] })

/** A list is read item by item, and so is a list of realms; everything else as a whole. */
function isPiece(path: Step[], start: string): boolean {
  const inside = typeof path[0] === 'number' ? path.length - 1 : path.length
  if (inside === 0) return false
  return inside > 1 || start === '{' || !LISTS.includes(String(path.at(-1)))
}

function splitPath(path: Step[]): [document: number, member: Step | undefined] {
  return typeof path[0] === 'number' ? [path[0], path[1]] : [0, path[0]]
}

/** The files of a folder that are of one realm. Each part gets the name of its realm for its people. */
function joinParts(parts: Map<string, Realm>): Map<string, Realm> {
  const whole = new Map<string, Realm>()
  for (const part of parts.values()) {
    if (part.realm === '') continue
    const before = whole.get(part.realm) ?? blank()
    const lists = {
      clients: [...before.clients, ...part.clients],
      groups: [...before.groups, ...part.groups],
      identityProviders: [...before.identityProviders, ...part.identityProviders],
    }
    whole.set(part.realm, { ...before, ...part, ...lists })
  }
  return whole
}

function tenantOf({ realm, displayName, enabled, defaultLocale }: Realm, id: string, key: string): Outgoing {
  return {
    name: key,
    from: realm,
    line: {
      type: 'tenant',
      id,
      key,
      name: displayName?.trim() || realm,
      status: enabled === false ? 'suspended' : 'active',
      ...given({ locale: defaultLocale }),
    },
  }
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null
