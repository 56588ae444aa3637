/**
 * What makes audit rows provable: a MAC over each, made before it is written; a hash over its chain up to it; and a log
 * over the seals of all chains. Hashes have no key, so that a new master key leaves them as they are. Nothing waits here,
 * as WebCrypto would, because the statement of a row is made without waiting.
 */
import { hkdf } from '@noble/hashes/hkdf.js'
import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { base64url } from 'jose'
import type { NewAuditRow } from '../../db/audit.ts'
import type { AuditSeal, ChainedRow } from '../../db/audit-chain.ts'
import { sameDigest } from '../crypto.ts'
import type { MasterKeys } from '../vault.ts'

type Content = Omit<NewAuditRow, 'mac'>

/** What stands before the first row of a chain, and before the first seal. */
export const GENESIS = ''

/** Says in the MAC which values it does not know, because the store fills them in; the chain has them. */
const OPEN = { tenantId: 't', targetId: 'i' } as const

const encoder = new TextEncoder()
const derived = new Map<string, { id: string; key: Uint8Array }>()

/** `<key>.<MAC>.<values left open>`. */
export function macOf({ MASTER_KEY }: MasterKeys, row: Content): string {
  const open = (row.tenantId !== null && typeof row.tenantId === 'object' ? OPEN.tenantId : '').concat(
    typeof row.targetId === 'object' ? OPEN.targetId : '',
  )
  return `${sign(MASTER_KEY, contentOf(row, open))}.${open}`
}

export function isOurs(master: MasterKeys, row: ChainedRow): boolean {
  const { mac } = row
  const open = mac?.split('.')[2] ?? ''
  return mac !== null && mastersOf(master).some((key) => sameDigest(mac, `${sign(key, contentOf(row, open))}.${open}`))
}

/** The same under the current master key. */
export function macAgain({ MASTER_KEY }: MasterKeys, row: ChainedRow): string {
  const open = row.mac?.split('.')[2] ?? ''
  return `${sign(MASTER_KEY, contentOf(row, open))}.${open}`
}

/** The chain up to and with this row. */
export const chainHash = (before: string, row: ChainedRow): string => digest([before, row.seq, contentOf(row, '')])

/** The log up to and with this seal. */
export const logHash = (before: string, { n, chain, seq, hash, at }: Omit<AuditSeal, 'log' | 'mac'>): string =>
  digest([before, n, chain, seq, hash, at.getTime()])

export const sealMac = ({ MASTER_KEY }: MasterKeys, log: string): string => sign(MASTER_KEY, `seal ${log}`)

export const isOurSeal = (master: MasterKeys, { log, mac }: AuditSeal): boolean =>
  mastersOf(master).some((key) => sameDigest(mac, sign(key, `seal ${log}`)))

function contentOf({ tenantId, targetId, ...row }: Content, open: string): string {
  return JSON.stringify([
    open,
    row.id,
    open.includes(OPEN.tenantId) ? '' : tenantId,
    row.actorKind,
    row.actorId,
    row.action,
    row.targetKind,
    open.includes(OPEN.targetId) ? '' : targetId,
    row.at.getTime(),
    row.requestId,
  ])
}

const digest = (parts: unknown[]) => base64url.encode(sha256(encoder.encode(JSON.stringify(parts))))

function sign(masterKey: string, text: string): string {
  const { id, key } = keyOf(masterKey)
  return `${id}.${base64url.encode(hmac(sha256, key, encoder.encode(text)))}`
}

const mastersOf = ({ MASTER_KEY, MASTER_KEY_PREVIOUS }: MasterKeys) =>
  MASTER_KEY_PREVIOUS ? [MASTER_KEY, MASTER_KEY_PREVIOUS] : [MASTER_KEY]

/** The id is the one that seals carry, see vault.ts. */
function keyOf(masterKey: string) {
  const known = derived.get(masterKey)
  if (known) return known
  const material = base64url.decode(masterKey)
  const derive = (info: string, bytes: number) =>
    hkdf(sha256, material, new Uint8Array(), encoder.encode(`gatehouse ${info}`), bytes)
  const made = { id: base64url.encode(derive('key id', 6)), key: derive('audit', 32) }
  derived.set(masterKey, made)
  return made
}
