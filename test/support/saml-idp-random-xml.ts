/** Random documents of the profile: prefixes declared, shadowed and taken back, attributes, references, odd characters. */

const PREFIXES = ['', 'a', 'b', 'c', 'xs']
const NAMESPACES = ['urn:1', 'urn:2', 'urn:3', 'http://x.example/?a=1']
const TEXTS = ['', 'x', ' \n y', '&amp;&lt;&gt;', '&#13;', 'ä€𝄞', '&quot;', '\r\n z', '\'"', '&#x9;', '>']
const MOST_DEPTH = 6

/** The same document for the same seed. */
export function randomXml(seed: number): string {
  let state = seed
  const below = (limit: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
    return (state >> 8) % limit
  }
  const pick = <T>(from: T[]): T => from[below(from.length)] as T

  function attributes(scope: Map<string, string>): string[] {
    const names = new Map<string, string>()
    for (let count = below(4); count > 0; count--) {
      const prefix = pick([...scope.keys()])
      const local = pick(['x', 'y', 'Z', 'id'])
      names.set(`${prefix && scope.get(prefix)} ${local}`, prefix ? `${prefix}:${local}` : local)
    }
    return [...names.values()].map((name) => `${name}="${pick(TEXTS).replaceAll('"', '&#34;')}"`)
  }

  function element(outer: Map<string, string>, depth: number): string {
    const declared = PREFIXES.filter(() => below(4) === 0).map((prefix): [string, string] => [
      prefix,
      prefix === '' && below(3) === 0 ? '' : pick(NAMESPACES),
    ])
    const scope = new Map([...outer, ...declared])
    const declarations = declared.map(
      ([prefix, uri]) => `xmlns${prefix && `:${prefix}`}="${uri.replaceAll('&', '&amp;')}"`,
    )
    const prefix = pick([...scope.keys()])
    const name = `${prefix && `${prefix}:`}${pick(['e', 'f', 'G'])}`
    const inside = [declarations, attributes(scope)]
    const start = [name, ...(below(2) ? inside : inside.reverse()).flat()].join(pick([' ', '\n', '  ']))
    const children = Array.from(
      { length: depth < MOST_DEPTH ? below(4) : 0 },
      () => pick(TEXTS) + element(scope, depth + 1),
    )
    const content = children.join('') + pick(TEXTS)
    return content || below(2) ? `<${start}>${content}</${name}>` : `<${start}/>`
  }

  return element(new Map([['', '']]), 1)
}
