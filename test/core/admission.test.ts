/** The rule about who may have tokens exists twice: in SQL, for the batch, and in words of errors. They must agree. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { and, eq, sql } from 'drizzle-orm'
import { refusalOf } from '../../src/core/sessions/admission.ts'
import { type Client, selectClientByClientId } from '../../src/db/clients.ts'
import { admissible, selectPrincipal } from '../../src/db/principals.ts'
import { clients, type MembershipStatus, memberships, roles, tenants, users } from '../../src/db/schema.ts'
import type { Db } from '../../src/deps.ts'
import { openLibsql } from '../../src/platform/libsql.ts'

const now = new Date()
const stamps = { createdAt: now, updatedAt: now }
const empty = { loginMethods: [], callbackUrls: [], branding: { name: '', logoUrl: null, color: '' }, locale: 'en' }
const signUp = { mode: 'off' as const, roleId: null, emailDomains: [] }

const TENANTS = (['active', 'suspended'] as const).map((status) => {
  return {
    id: `tenant-${status}`,
    key: status,
    name: status,
    status,
    signUp,
    secondFactor: 'off' as const,
    ...empty,
    ...stamps,
  }
})
const CLIENTS = (['active', 'disabled'] as const).map((status) => ({
  id: `client-${status}`,
  clientId: `web-${status}`,
  status,
}))
const CLIENT_IDS = [
  null,
  [],
  ['web-active'],
  ['web-disabled'],
  ['else', 'web-active', 'web-disabled'],
  ['else'],
  ['web'],
]
const MEMBERSHIPS: (MembershipStatus | undefined)[] = [undefined, 0, 1, 2, 3, 4]

let db: Db

before(async () => {
  db = await openLibsql({ url: 'file::memory:' })
  await db.insert(tenants).values(TENANTS)
  await db
    .insert(roles)
    .values(TENANTS.map(({ id }) => ({ id: `role-${id}`, tenantId: id, name: 'r', permissions: [], ...stamps })))
  for (const client of CLIENTS) await db.insert(clients).values(wholeClient(client))
})

describe('SQL and code agree on who may have tokens', () => {
  for (const status of ['active', 'blocked'] as const)
    for (const clientIds of CLIENT_IDS)
      test(`for a user who is ${status} and may use ${JSON.stringify(clientIds)}`, () => compare(status, clientIds))
})

/** Every tenant, membership and client for one kind of user. */
async function compare(status: 'active' | 'blocked', clientIds: string[] | null) {
  for (const tenant of TENANTS)
    for (const membership of MEMBERSHIPS) {
      const user = wholeUser(`${status} ${JSON.stringify(clientIds)} ${tenant.id} ${membership}`, status, clientIds)
      await db.insert(users).values(user)
      const row = wholeMembership(user.id, tenant.id, membership ?? 1)
      if (membership !== undefined) await db.insert(memberships).values(row)
      for (const client of CLIENTS) {
        const [principal] = await selectPrincipal(db, { userId: user.id, tenantId: tenant.id })
        const [stored] = await selectClientByClientId(db, client.clientId)
        const byCode = principal && stored ? refusalOf(principal, stored) : 'not read'
        const bySql = await isAdmissible(user.id, tenant.id, client.id)
        assert.equal(bySql, byCode === undefined, `${client.id}, ${tenant.id}, membership ${membership}: ${byCode}`)
      }
    }
}

async function isAdmissible(userId: string, tenantId: string, clientId: string): Promise<boolean> {
  const found = await db
    .select({ one: sql`1` })
    .from(users)
    .innerJoin(tenants, eq(tenants.id, tenantId))
    .innerJoin(memberships, and(eq(memberships.userId, users.id), eq(memberships.tenantId, tenants.id)))
    .innerJoin(clients, eq(clients.id, clientId))
    .where(and(eq(users.id, userId), admissible))
  return found.length === 1
}

function wholeUser(id: string, status: 'active' | 'blocked', clientIds: string[] | null) {
  const flags = { emailVerified: false, secondFactorRequired: false, authProvider: 'internal', profile: {} }
  return { id, username: id, usernameKey: id, status, clientIds, ...flags, ...stamps }
}

function wholeMembership(userId: string, tenantId: string, status: MembershipStatus) {
  const permissions = { allow: [], deny: [] }
  return { id: `m ${userId}`, userId, tenantId, roleId: `role-${tenantId}`, status, permissions, ...stamps }
}

function wholeClient(client: Pick<Client, 'id' | 'clientId' | 'status'>) {
  const lives = { accessTokenExpiration: 1, refreshTokenExpiration: 1, authCodeExpiration: 1 }
  const lists = { redirectUris: [], signatureVersions: [] }
  const secret = { secret: '', secretDigest: '' }
  return { ...client, name: '', type: 'confidential' as const, ...lives, ...lists, ...secret, ...stamps }
}
