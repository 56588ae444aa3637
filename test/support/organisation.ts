/** A small organisation as another system might know it, in lines of an import. */
import { randomBytes, randomUUID } from 'node:crypto'
import { hashSync } from 'bcryptjs'
import { registerSecret } from './secrets.ts'

export const PASSWORD = `moved ${randomBytes(9).toString('base64url')}`
const HASH = hashSync(PASSWORD, 4)
registerSecret(PASSWORD)

/** Its lines, and what they are about. */
export function organisation() {
  const tag = randomBytes(6).toString('hex')
  const [tenantId, roleId, userId] = [randomUUID(), randomUUID(), randomUUID()]
  const clientSecret = randomBytes(18).toString('base64url')
  const lines = [
    { type: 'tenant', id: tenantId, key: tag, name: 'Acme', signUp: { mode: 'open' } },
    { type: 'unit', id: randomUUID(), tenantId, name: 'news' },
    { type: 'role', id: roleId, tenantId, name: 'editor', permissions: ['P1', 'P2'], forSignUp: true },
    { type: 'client', id: randomUUID(), clientId: `web-${tag}`, clientSecret, name: 'Web', defaultTenantId: tenantId },
    {
      type: 'user',
      id: userId,
      username: `Ada.${tag}`,
      email: `ada.${tag}@example.com`,
      clientIds: [`web-${tag}`],
      defaultTenantId: tenantId,
      profile: { title: 'Countess' },
      settings: [{ category: 'ui', group: 'list', name: 'size', value: '20' }],
      passwordHash: HASH,
    },
    { type: 'membership', id: randomUUID(), userId, tenantId, roleId, units: ['news'], permissions: { deny: ['P2'] } },
  ]
  return { tag, tenantId, roleId, userId, clientSecret, lines }
}
