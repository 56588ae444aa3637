/** The tables of the ARC authentication service, as they stand in its Postgres schema `main`. */

export type Cells = Record<string, string | null | undefined>

/** The columns by which rows are found again. */
export const CARRIED: Record<string, string> = {
  tenants: 'id',
  roles: 'id',
  auth_clients: 'id',
  users: 'id',
  user_credentials: 'user_id',
  user_tenants: 'user_id',
  user_permissions: 'user_tenant_id',
}

export const LEFT: Record<string, string> = {
  groups: 'there are no such groups here',
  user_groups: 'there are no such groups here',
  tenant_configs: 'tenants are configured in other words here',
  user_resources: 'rights to single resources are not known here',
  user_level_resources: 'rights to single resources are not known here',
  login_activity: 'history stays where it was written',
  audit_logs: 'history stays where it was written',
  jwt_keys: 'signing keys are made anew',
}

export const isTrue = (cell: string | null | undefined) => /^(t|true|1|yes)$/i.test(cell ?? '')

/** `{1,2}` or `{"a b",c}`, as Postgres writes a list. Throws a sentence. */
export function parseList(cell: string | null | undefined): string[] {
  const text = cell?.trim() ?? ''
  if (text === '') return []
  const inside = /^\{([\s\S]*)\}$/.exec(text)?.[1]
  if (inside === undefined) throw new Error('has a list that cannot be read')
  const items: string[] = []
  const item = /\s*(?:"((?:[^"\\]|\\[\s\S])*)"|([^",{}]*))\s*(,|$)/y
  while (item.lastIndex < inside.length) {
    const found = item.exec(inside)
    if (!found) throw new Error('has a list that cannot be read')
    const [, quoted, plain = ''] = found
    if (quoted !== undefined) items.push(quoted.replace(/\\([\s\S])/g, '$1'))
    else if (plain.trim() !== '' && plain.trim().toUpperCase() !== 'NULL') items.push(plain.trim())
  }
  return items
}
