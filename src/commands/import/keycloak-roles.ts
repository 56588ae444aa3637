/**
 * Keycloak's people have any number of roles, which say by their names what somebody may do; here they have one role
 * in a tenant, and permissions. So a role becomes a role with its own name for a permission, and those that it is
 * composed of; a person keeps the first one, and of the others the permissions.
 */
import { BUILT_IN_CLIENTS, type Realm, type RealmGroup, type RealmRole, type RealmUser } from './keycloak-realm.ts'
import type { Notes } from './notes.ts'
import { type Outgoing, stableId } from './source.ts'

export interface RoleBook {
  lines: Outgoing[]
  /** What a person gets: the role by its id, and what is allowed beyond it. */
  of(user: RealmUser): { roleId: string; allow: string[] }
}

const WITHOUT = 'no-role'

export function readRoles(realm: Realm, tenantId: string, notes: Notes): RoleBook {
  const roles = new Map((realm.roles?.realm ?? []).map((role) => [role.name, role]))
  const ofClients = new Map<string, RealmRole>(
    Object.entries(realm.roles?.client ?? {}).flatMap(([client, list]) =>
      list.map((role) => [`${client}/${role.name}`, role] as const),
    ),
  )
  const groups = new Map(realm.groups.flatMap((group) => flatten(group, '', { realmRoles: [], clientRoles: {} })))
  const defaultName = realm.defaultRole?.name ?? `default-roles-${realm.realm.toLowerCase()}`
  const isBuiltIn = (name: string) => ['offline_access', 'uma_authorization', defaultName].includes(name)

  /** Everything that roles stand for, in the order in which they are met. */
  function expand(names: string[], found = new Set<string>()): Set<string> {
    for (const name of names) {
      if (found.has(name)) continue
      found.add(name)
      const { composites } = roles.get(name) ?? ofClients.get(name) ?? {}
      expand([...(composites?.realm ?? []), ...clientNames(composites?.client)], found)
    }
    return found
  }
  const permissionsOf = (names: string[]) => [...expand(names)].filter((name) => !isBuiltIn(name) && !isOfBuiltIn(name))
  const idOf = (role: RealmRole | undefined) =>
    role ? stableId('keycloak role', role.id ?? `${realm.realm} ${role.name}`) : stableId('keycloak role', tenantId)

  const own = [...roles.values()].filter(({ name }) => !isBuiltIn(name))
  const none: RealmRole | undefined = own.some(({ name }) => name === WITHOUT) ? roles.get(WITHOUT) : undefined
  const lines = [
    ...own.map((role) => lineOf(tenantId, idOf(role), role.name, permissionsOf([role.name]))),
    ...(none ? [] : [lineOf(tenantId, idOf(undefined), WITHOUT, [])]),
  ]
  if (groups.size > 0) notes.left('groups', 'their roles are with their members', '', groups.size)

  return {
    lines,
    of(user) {
      const inGroups = (user.groups ?? []).flatMap((path) => groups.get(path) ?? [])
      const names = [
        ...(user.realmRoles ?? []),
        ...inGroups.flatMap(({ realmRoles }) => realmRoles),
        ...clientNames(user.clientRoles),
        ...inGroups.flatMap(({ clientRoles }) => clientNames(clientRoles)),
      ]
      if (clientNames(user.clientRoles).some((name) => name.startsWith('realm-management/')))
        notes.changed('users', 'without the right to administer Keycloak', user.username ?? '')
      const permissions = permissionsOf(names)
      const first = permissions.map((name) => roles.get(name)).find((role) => role !== undefined)
      const covered = new Set(first ? permissionsOf([first.name]) : [])
      return { roleId: idOf(first ?? none), allow: permissions.filter((name) => !covered.has(name)) }
    },
  }
}

const clientNames = (ofClients: Record<string, string[]> = {}) =>
  Object.entries(ofClients).flatMap(([client, names]) => names.map((name) => `${client}/${name}`))

const isOfBuiltIn = (name: string) => BUILT_IN_CLIENTS.some((client) => name.startsWith(`${client}/`))

type GroupRoles = Required<Pick<RealmGroup, 'realmRoles' | 'clientRoles'>>

/** A member of a group has the roles of the groups around it too. */
function flatten(group: RealmGroup, parent: string, inherited: GroupRoles): [path: string, roles: GroupRoles][] {
  const path = group.path ?? `${parent}/${group.name}`
  const clientRoles = { ...inherited.clientRoles }
  for (const [client, names] of Object.entries(group.clientRoles ?? {}))
    clientRoles[client] = [...(clientRoles[client] ?? []), ...names]
  const roles = { realmRoles: [...inherited.realmRoles, ...(group.realmRoles ?? [])], clientRoles }
  return [[path, roles], ...(group.subGroups ?? []).flatMap((inner) => flatten(inner, path, roles))]
}

const lineOf = (tenantId: string, id: string, name: string, permissions: string[]): Outgoing => ({
  name,
  line: { type: 'role', id, tenantId, name, permissions },
})
