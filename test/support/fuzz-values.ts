/** Values that nobody means well, and changes of good ones. */
import * as fc from 'fast-check'

const TEXTS = [
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\ud800',
  'a\udfffb',
  '\ufeff',
  '\u202e',
  '😀',
  'e\u0301',
  '\r\nSet-Cookie: a=b',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'null',
  'undefined',
  '[object Object]',
  "' or 1=1 --",
  '%00',
  '%',
  '%ff',
  '../../etc/passwd',
  '{{7*7}}<script>alert(1)</script>',
  '-1',
  '1e999',
  '9'.repeat(400),
  '2026-02-30T25:61:61Z',
  '+275760-09-13T00:00:00.001Z',
  'https://[::1',
  'a@b',
  '.'.repeat(300),
  'x'.repeat(5000),
  'ß'.repeat(70_000),
]

export const text: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...TEXTS) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  { weight: 1, arbitrary: fc.string({ maxLength: 40 }) },
)

/** What JSON can say and JavaScript cannot, by the text that stands for it until the JSON is written. */
const RAW: Record<string, string> = {
  'raw:infinite': '1e999',
  'raw:digits': '9'.repeat(400),
  'raw:fraction': `0.${'0'.repeat(400)}1`,
  'raw:minus': '-0',
  'raw:nan': 'NaN',
  'raw:proto': '{"__proto__":{"permissions":15},"constructor":{"prototype":{"x":1}}}',
  'raw:twice': '{"a":1,"a":2}',
  'raw:lists': `${'['.repeat(3000)}${']'.repeat(3000)}`,
  'raw:objects': `${'{"a":'.repeat(3000)}1${'}'.repeat(3000)}`,
  'raw:where': `${'{"and":['.repeat(500)}{"id":"a"}${']}'.repeat(500)}`,
  'raw:half': '"\\ud800"',
}

export const toJson = (value: unknown): string =>
  JSON.stringify(value).replace(/"(raw:[a-z]+)"/g, (all, name: string) => RAW[name] ?? all)

export const value: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: text },
  {
    weight: 3,
    arbitrary: fc.constantFrom<unknown>(null, true, false, 0, -1, 1.5, 2 ** 31, 2 ** 53, 1e308, -1e308, [], {}, [[]]),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(['a', null], Array(2000).fill('x'), { toString: 'x', length: -1 }),
  },
  { weight: 2, arbitrary: fc.constantFrom(...Object.keys(RAW)) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
)

/** `at` chooses the member, as many times around as it takes. */
export interface Change {
  at: number
  how: 'set' | 'drop' | 'add'
  name: string
  to: unknown
}

export const change: fc.Arbitrary<Change> = fc.record({
  at: fc.nat(999),
  how: fc.constantFrom('set', 'set', 'set', 'drop', 'add'),
  name: fc.constantFrom('__proto__', 'constructor', 'then', 'toJSON', '', 'id', 'tenantId', 'status', 'a.b[c]'),
  to: value,
})

/** A copy with the changes, one after the other. */
export function changed(good: unknown, changes: Change[]): unknown {
  const root = { root: structuredClone(good) }
  for (const { at, how, name, to: given } of changes) {
    const to = structuredClone(given)
    const places = [...placesIn(root)]
    const [holder, key] = places[at % places.length] ?? [root, 'root']
    if (how === 'set') put(holder, key, to)
    else if (how === 'drop' && holder !== root) Reflect.deleteProperty(holder, key)
    else if (how === 'add') put(holder === root && isObject(root.root) ? root.root : holder, name, to)
  }
  return root.root
}

const isObject = (given: unknown): given is object => typeof given === 'object' && given !== null

function* placesIn(holder: object): Iterable<[object, string]> {
  for (const [key, member] of Object.entries(holder)) {
    yield [holder, key]
    if (isObject(member)) yield* placesIn(member)
  }
}

/** Also `__proto__`, as a member like any other. */
function put(holder: object, key: string, member: unknown): void {
  Object.defineProperty(holder, key, { value: member, enumerable: true, configurable: true, writable: true })
}
