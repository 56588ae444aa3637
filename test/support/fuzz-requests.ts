/** Random requests to a route: what they change about a good one, and what is sent in the end. */
import * as fc from 'fast-check'
import { type Change, change, changed, text, toJson, value } from './fuzz-values.ts'
import type { Sample } from './samples.ts'

type Body =
  | { is: 'good' | 'none' }
  | { is: 'changed'; changes: Change[] }
  | { is: 'json'; json: unknown }
  | { is: 'bytes'; bytes: Uint8Array }

/** Everything that chance decides about one request; it can be printed, and had again. */
export interface Plan {
  credential: 'good' | 'operator' | 'none' | { text: string }
  method: string | null
  /** For each part of the path that has a name. */
  params: ('own' | 'nobody' | { text: string; raw: boolean })[]
  after: string
  query: { changes: Change[]; pairs: [string, string][]; raw: string }
  headers: [string, string][]
  body: Body
  contentType: string | null
  spelling: { cut?: number; insert?: [number, string]; encoding?: BufferEncoding; pad?: number }
}

const HEADERS = [
  'accept',
  'accept-language',
  'access-control-request-method',
  'authorization',
  'authentication',
  'clientid',
  'code',
  'content-digest',
  'cookie',
  'if-none-match',
  'origin',
  'otp',
  'range',
  'sec-fetch-site',
  'signature',
  'signature-input',
  'traceparent',
  'user-agent',
  'x-api-key',
  'x-forwarded-for',
  'x-http-method-override',
  'x-iampass-authentiaction-timestamp',
  'x-iampass-authentiaction-version',
  'x-imid-token',
]
/** Cloudflare takes no longer address. */
const ADDRESS_LENGTH = 16_000

/** What a header can carry at all. */
const headerText = fc.oneof(
  fc.constantFrom('', 'x', ',', ';', '=', '"', '*', 'q=', 'Bearer', 'Bearer  x', 'Bearer a.b.c', 'null', '%ff', '-1'),
  fc.constantFrom('imidToken=a=b; %; =; imidToken', 'sig1=("@method" "@path");created=1', 'en;q=x, *;q=9', '00-0-0-0'),
  fc.string({ maxLength: 40 }).map((given) => given.replace(/[^\x20-\x7e]/g, '')),
  fc.uint8Array({ maxLength: 40 }).map((bytes) => String.fromCharCode(...bytes).replace(/[^\x20-\x7e\x80-\xff]/g, '')),
  fc.constantFrom('x'.repeat(3000), 'a=b; '.repeat(300), '("@path"'.repeat(100)),
)

const TYPES = [
  '',
  ';',
  'garbage',
  'text/plain',
  'text/json',
  'application/json; charset=utf-16',
  'application/json-patch+json',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'multipart/form-data; boundary=x',
  `application/${'x'.repeat(1000)}`,
]

const oneIn = <T>(most: number, usual: T, arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: most, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary })

/** `params` parts of the path have names; `names` are those that queries may have. */
export const planFor = (params: number, names: string[]): fc.Arbitrary<Plan> =>
  fc.record({
    credential: fc.oneof(
      { weight: 8, arbitrary: fc.constant('good' as const) },
      { weight: 2, arbitrary: fc.constant('operator' as const) },
      { weight: 1, arbitrary: fc.constant('none' as const) },
      { weight: 1, arbitrary: headerText.map((given) => ({ text: given })) },
    ),
    method: oneIn<string | null>(12, null, fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD')),
    params: fc.array(
      fc.oneof(
        { weight: 5, arbitrary: fc.constant('own' as const) },
        { weight: 1, arbitrary: fc.constant('nobody' as const) },
        { weight: 2, arbitrary: fc.record({ text, raw: fc.boolean() }) },
      ),
      { minLength: params, maxLength: params },
    ),
    after: oneIn(12, '', fc.constantFrom('/', '//', '/more', '.json', '%2f', '%00', '%ff', ';a=b')),
    query: fc.record({
      changes: oneIn<Change[]>(1, [], fc.array(change, { maxLength: 3 })),
      pairs: oneIn<[string, string][]>(
        2,
        [],
        fc.array(fc.tuple(fc.oneof(text, fc.constantFrom(...names)), fc.oneof(text, value.map(toJson))), {
          maxLength: 3,
        }),
      ),
      raw: oneIn(
        12,
        '',
        fc.constantFrom('%', '%ff=%fe', '&&&=', 'a[b][c]=d', 'filter[where][__proto__][a]=b', '%00=%00'),
      ),
    }),
    headers: oneIn<[string, string][]>(
      2,
      [],
      fc.array(fc.tuple(fc.constantFrom(...HEADERS), headerText), { maxLength: 3 }),
    ),
    body: fc.oneof(
      { weight: 1, arbitrary: fc.constantFrom<Body>({ is: 'good' }, { is: 'none' }) },
      {
        weight: 8,
        arbitrary: fc
          .array(change, { minLength: 1, maxLength: 3 })
          .map((changes): Body => ({ is: 'changed', changes })),
      },
      { weight: 1, arbitrary: value.map((json): Body => ({ is: 'json', json })) },
      { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes): Body => ({ is: 'bytes', bytes })) },
    ),
    contentType: oneIn<string | null>(10, null, fc.constantFrom(...TYPES)),
    spelling: oneIn<Plan['spelling']>(
      10,
      {},
      fc.oneof(
        fc.record({ cut: fc.double({ min: 0, max: 1, noNaN: true }) }),
        fc.record({ insert: fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), text) }),
        fc.constantFrom<Plan['spelling']>({ encoding: 'utf16le' }, { encoding: 'latin1' }, { pad: 300_000 }),
      ),
    ),
  })

export interface Target {
  path: string
  /** By position: the id that is one's own. */
  own: string[]
  sample: Sample
}

/** The address, and what goes with it but for credentials. */
export function carryOut(plan: Plan, { path, own, sample }: Target) {
  let n = 0
  const filled = path.replace(/:(\w+)(\{[^}]*\})?\??/g, () => {
    const param = plan.params[n] ?? 'own'
    const ours = own[n++] ?? ''
    if (param === 'own') return ours
    if (param === 'nobody') return crypto.randomUUID()
    return param.raw ? param.text.replace(/[/\\?#\s]/g, '') || 'x' : encodeURIComponent(param.text.toWellFormed())
  })
  const wanted = changed(sample.query ?? {}, plan.query.changes) ?? {}
  const query = new URLSearchParams([...fieldsOf(wanted), ...plan.query.pairs]).toString()
  const search = [query, plan.query.raw].filter(Boolean).join('&')
  const headers = new Headers()
  for (const [name, given] of Object.entries(sample.headers ?? {})) if (given !== undefined) headers.set(name, given)
  for (const [name, given] of plan.headers) headers.set(name, given)
  const url = new URL(`http://localhost${filled}${plan.after}${search && `?${search}`}`)
  const address = `${url.pathname}${url.search}`.slice(0, ADDRESS_LENGTH)
  return { address, headers, ...bodyOf(plan, sample) }
}

function bodyOf({ body, contentType, spelling }: Plan, { body: json, form }: Sample) {
  if (body.is === 'none') return { type: contentType }
  const type = contentType ?? (form ? 'application/x-www-form-urlencoded' : 'application/json')
  if (body.is === 'bytes') return { type, body: body.bytes }
  const good = form ?? json ?? {}
  const given = body.is === 'json' ? body.json : body.is === 'changed' ? changed(good, body.changes) : good
  const written = form ? new URLSearchParams(fieldsOf(given)).toString() : toJson(given)
  return { type, body: spell(written, spelling) }
}

function spell(written: string, { cut, insert, encoding = 'utf8', pad = 0 }: Plan['spelling']): Uint8Array {
  const at = (part: number) => Math.floor(written.length * part)
  const shorter = cut === undefined ? written : written.slice(0, at(cut))
  const longer = insert ? shorter.slice(0, at(insert[0])) + insert[1] + shorter.slice(at(insert[0])) : shorter
  return new Uint8Array(Buffer.from(longer + ' '.repeat(pad), encoding))
}

/** As a form or a query says it. */
function fieldsOf(given: unknown): [string, string][] {
  if (typeof given !== 'object' || given === null) return [[String(given), '']]
  return Object.entries(given)
    .filter(([, member]) => member !== undefined)
    .map(([name, member]) => [name, typeof member === 'string' ? member : toJson(member)])
}
