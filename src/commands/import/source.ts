/** What every system that people come from is turned into: lines in an order that the service takes. */
import { v5 } from 'uuid'
import type { Line } from '../../core/transfer/lines.ts'
import type { Notes } from './notes.ts'

export interface Outgoing {
  line: Line
  /** What people know it by. */
  name: string
  /** What the other system knows it by, where that is not the id here. */
  from?: string
  /** Whether what has the same name there may stand for it. */
  merge?: boolean
}

export interface Source {
  /** How many lines there will be, as far as it is known. */
  total: number
  lines(): AsyncIterable<Outgoing> | Iterable<Outgoing>
  close(): void
}

export interface Choices {
  paths: string[]
  notes: Notes
  /** `--tenant`: the key of the tenant for a system that has none. */
  tenant: string | undefined
  /** `--role`: what everybody gets who comes without one. */
  role: string
  /** `--secure-clients`: the original checked no secret of a public client. */
  secureClients: boolean
}

const NAMESPACE = '6f0b1f6e-6a0c-5d55-9d3f-4f6f4b2f7a10'
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** The id of before, or one that is made of it and is the same in every run. */
export function stableId(kind: string, id: string): string {
  const lower = id.toLowerCase()
  return UUID.test(lower) ? lower : v5(`${kind} ${id}`, NAMESPACE)
}

/** A key for a tenant: what there was, as far as keys allow. `taken` grows by it. */
export function tenantKey(given: string, taken: Set<string>): string {
  const plain = given
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
  const base = (/^[a-z0-9-]{1,40}$/.test(given) ? given : plain.slice(0, 36)) || 'tenant'
  let key = base
  for (let n = 2; taken.has(key); n++) key = `${base.slice(0, 36)}-${n}`
  taken.add(key)
  return key
}

/** Members that have a value. */
export function given<Members extends Record<string, unknown>>(members: Members) {
  type Present = { [Name in keyof Members]?: Exclude<Members[Name], null | undefined> }
  return Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== null && value !== undefined && value !== ''),
  ) as Present
}
