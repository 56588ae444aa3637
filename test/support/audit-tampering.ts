/** Every way to alter audit rows behind the service's back, each with what finds it. */
export interface Tampering {
  name: string
  /** `?1` is the id of the tenant that is robbed, `?2` that of the other. */
  sql: string[]
  /** What the walk of the first tenant finds, of the other, and of the log; null where it is whole. */
  found: [first: string | null, second: string | null, log: string | null]
}

/** Six rows in each chain: 1 to 6. */
const [FIRST, MIDDLE, LAST] = [1, 3, 6]
const AT = 'chain = ?1 and seq ='

const CONTENT: Record<string, string> = {
  id: "'00000000-0000-7000-8000-000000000000'",
  actor_kind: "'system'",
  actor_id: "'somebody-else'",
  action: "'tenant.read'",
  target_kind: "'user'",
  target_id: "'another'",
  at: 'at - 1',
  request_id: "'another'",
  mac: 'null',
}

const changed = Object.entries(CONTENT).flatMap(([column, value]) =>
  // What is found in one column at the ends of a chain is found in all.
  (column === 'action' ? [FIRST, MIDDLE, LAST] : [MIDDLE]).map(
    (place): Tampering => ({
      name: `${column} of row ${place} is changed`,
      sql: [`update audit set ${column} = ${value} where ${AT} ${place}`],
      found: ['forged', null, null],
    }),
  ),
)

const COLUMNS = 'tenant_id, actor_kind, actor_id, action, target_kind, target_id, at, request_id, mac, hash'
const insertedAt = (place: number) => `insert into audit (id, seq, ${COLUMNS})
  select 'inserted', ${place}, ${COLUMNS} from audit where ${AT} 3`

const otherRows: Tampering[] = [
  { name: 'the first row is deleted', sql: [`delete from audit where ${AT} 1`], found: ['missing', null, null] },
  { name: 'a row in the middle is deleted', sql: [`delete from audit where ${AT} 3`], found: ['missing', null, null] },
  { name: 'the last row is deleted', sql: [`delete from audit where ${AT} 6`], found: ['end_missing', null, null] },
  {
    name: 'the whole end is deleted',
    sql: ['delete from audit where chain = ?1 and seq > 2'],
    found: ['end_missing', null, null],
  },
  { name: 'all rows are deleted', sql: ['delete from audit where chain = ?1'], found: ['end_missing', null, null] },
  {
    name: 'a row in the middle is deleted, and the others move up',
    sql: [
      `delete from audit where ${AT} 3`,
      ...[4, 5, 6].map((n) => `update audit set seq = ${n - 1} where ${AT} ${n}`),
    ],
    found: ['displaced', null, null],
  },
  { name: 'a row is added at the end', sql: [insertedAt(7)], found: ['forged', null, null] },
  { name: 'a row is added before the first', sql: [insertedAt(0)], found: ['forged', null, null] },
  {
    name: 'a row is added as if it were from before the chains',
    sql: [insertedAt(0), `update audit set mac = null, hash = null where ${AT} 0`],
    found: ['unsealed', null, null],
  },
  { name: 'a row has no place', sql: [`update audit set seq = null where ${AT} 6`], found: ['placeless', null, null] },
  {
    name: 'two rows change places',
    sql: [3, 4]
      .map((n) => `update audit set seq = ${n} + 90 where ${AT} ${n}`)
      .concat([`update audit set seq = 4 where ${AT} 93`, `update audit set seq = 3 where ${AT} 94`]),
    found: ['displaced', null, null],
  },
  {
    name: 'two rows change places with their hashes',
    sql: [
      `create table audit_swap as select seq, hash from audit where chain = ?1`,
      ...[3, 4].map((n) => `update audit set seq = ${n} + 90 where ${AT} ${n}`),
      ...[3, 4].map(
        (n) => `update audit set seq = ${n}, hash = (select hash from audit_swap where seq = ${n})
        where ${AT} ${97 - n}`,
      ),
      'drop table audit_swap',
    ],
    found: ['displaced', null, null],
  },
  {
    name: 'the last row is moved to another tenant',
    sql: [`update audit set tenant_id = ?2, seq = 7 where ${AT} 6`],
    found: ['end_missing', 'forged', null],
  },
  { name: 'a hash is changed', sql: [`update audit set hash = 'x' where ${AT} 3`], found: ['displaced', null, null] },
  {
    name: 'a hash is taken away',
    sql: [`update audit set hash = null where ${AT} 6`],
    found: ['unsealed', null, null],
  },
]

const SEALS_OF = 'delete from audit_seals where chain = ?1'

const log: Tampering[] = [
  {
    name: 'a whole tenant is deleted, seals and all',
    sql: ['delete from audit where chain = ?1', SEALS_OF],
    found: [null, null, 'log_missing'],
  },
  {
    name: 'a tenant is set back to what it was three rows before, seals and all',
    sql: ['delete from audit where chain = ?1 and seq > 3', `${SEALS_OF} and seq > 3`],
    found: [null, null, 'log_missing'],
  },
  {
    name: 'a tenant is set back, and the log behind that cut off',
    sql: [
      'create table audit_swap as select min(n) as n from audit_seals where chain = ?1 and seq > 3',
      'delete from audit where chain = ?1 and seq > 3',
      'delete from audit_seals where n >= (select n from audit_swap)',
      'drop table audit_swap',
    ],
    found: [null, 'seal_missing', null],
  },
  {
    name: 'a seal is made to fit fewer rows',
    sql: [
      'delete from audit where chain = ?1 and seq > 3',
      `${SEALS_OF} and seq >= 3 and seq <> 4`,
      "update audit_seals set seq = 3, hash = (select hash from audit where chain = ?1 and seq = 3), mac = 'x.y' where chain = ?1 and seq = 4",
    ],
    found: ['seal_forged', null, 'log_missing'],
  },
  {
    name: 'the log is renumbered over a gap',
    sql: [
      `${SEALS_OF} and seq = 2`,
      'update audit_seals set n = -n where n > (select n from audit_seals where chain = ?2 and seq = 1)',
      'update audit_seals set n = -n - 1 where n < 0',
    ],
    found: [null, null, 'log_forged'],
  },
]

export const TAMPERINGS: Tampering[] = [...changed, ...otherRows, ...log]
