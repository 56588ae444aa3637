/** How the lines of imports and exports look on the wire. */
import * as z from 'zod'
import { CONNECTION_KINDS } from '../../core/federation/providers.ts'
import type { Verdict } from '../../core/transfer/import.ts'
import { name, text } from '../../http/fields.ts'
import { issuesOf } from '../../http/issues.ts'
import { profileFields } from '../../http/profile-fields.ts'
import { NewClient } from './clients.ts'
import { NewMembership } from './memberships.ts'
import { NewRole } from './roles.ts'
import { NewTenant } from './tenants.ts'
import { NewUnit } from './units.ts'
import { NewSetting, scalars } from './user-wire.ts'

const id = z
  .string()
  .regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'must be a UUID in lower case')
  .optional()
const reference = text(40)

const { type: clientType, ...clientFields } = NewClient.shape

export const Line = z.discriminatedUnion('type', [
  NewTenant.extend({ type: z.literal('tenant'), id }),
  NewUnit.extend({ type: z.literal('unit'), id, tenantId: reference }),
  NewRole.extend({ type: z.literal('role'), id, forSignUp: z.boolean().optional() }),
  z
    .strictObject({ ...clientFields, clientType })
    .required({ clientId: true })
    .extend({ type: z.literal('client'), id }),
  z
    .strictObject({
      ...scalars,
      secondFactorRequired: z.boolean(),
      profile: z.strictObject(profileFields).partial(),
      settings: z.array(NewSetting.omit({ id: true })).max(200),
      passwordHash: text(200),
      authenticatorSecret: z.string().regex(/^[A-Z2-7]{16,128}$/, 'must be base32 of 16 to 128 characters'),
      secondFactorEstablished: z.boolean(),
    })
    .partial()
    .extend({ type: z.literal('user'), id, username: name }),
  NewMembership.extend({ type: z.literal('membership'), id, userId: reference }),
  z.strictObject({
    type: z.literal('identity'),
    id,
    userId: reference,
    kind: z.enum(CONNECTION_KINDS),
    connectionId: reference.optional(),
    subject: text(500).min(1),
  }),
])

const MOST_LINES = 100

const lines = <Schema extends z.ZodType>(line: Schema) =>
  z.strictObject({ dryRun: z.boolean().default(false), lines: z.array(line).min(1).max(MOST_LINES) })

/** What is documented. */
export const Import = lines(Line)
/** What is checked first: a bad line is told by its own verdict, and stops no other. */
export const ImportFrame = lines(z.unknown())

export const Imported = z.object({
  results: z.array(
    z.object({
      outcome: z.enum(['created', 'present', 'refused']),
      id: z.string().optional(),
      issues: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
    }),
  ),
})

/** A line, or why it is none. */
export function readLine(given: unknown): z.output<typeof Line> | Extract<Verdict, { outcome: 'refused' }> {
  const { success, data, error } = Line.safeParse(given)
  return success ? data : { outcome: 'refused', issues: issuesOf(error, given) }
}

export function toResult(verdict: Verdict): z.input<typeof Imported>['results'][number] {
  if (verdict.outcome !== 'refused') return verdict
  const issues = verdict.issues.map(({ path, message, info }) => ({
    path: [...path, info['missingProperty'] ?? info['additionalProperty'] ?? []].flat().join('.'),
    message,
  }))
  return { outcome: 'refused', issues }
}
