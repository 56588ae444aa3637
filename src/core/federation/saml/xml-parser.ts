/**
 * Reads the XML of the strict profile and refuses everything else: DOCTYPE and entities, comments, processing
 * instructions, CDATA, any encoding but UTF-8, and whatever is large, deep or of many parts. What two parsers could read
 * in two ways is not read at all. One pass, in a time that grows with the length only.
 */
import { refuse } from './refuse.ts'
import { NS, type XmlAttribute, type XmlElement } from './xml.ts'

export const MAX_BYTES = 256 * 1024
const MAX_DEPTH = 32
/** Starts and ends of tags, attributes, runs of text. */
const MAX_TOKENS = 12_000
const MAX_REFERENCES = 6_000
const MAX_ATTRIBUTES = 32
const MAX_PREFIXES = 24

const DECLARATION =
  /^<\?xml[ \t\n]+version=["']1\.0["'](?:[ \t\n]+encoding=["']utf-8["'])?(?:[ \t\n]+standalone=["'](?:yes|no)["'])?[ \t\n]*\?>/i
/** Comments, CDATA, DOCTYPE, processing instructions, and characters that XML does not have. */
const OUTSIDE = /<[!?]|[^\t\n\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u
const NAME = '(?:([A-Za-z_][\\w.-]*):)?([A-Za-z_][\\w.-]*)'
const START = new RegExp(`<${NAME}`, 'y')
const ATTRIBUTE = new RegExp(`[ \\t\\n]+${NAME}[ \\t\\n]*=[ \\t\\n]*(?:"([^<"]*)"|'([^<']*)')`, 'y')
const START_ENDS = /[ \t\n]*(\/?)>/y
const END = new RegExp(`</${NAME}[ \\t\\n]*>`, 'y')
const TEXT = /[^<]+/y
const REFERENCE = /&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#x([0-9A-Fa-f]{1,6}));|&/g
const NAMED: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

type Declared = { prefix: string | undefined; local: string; value: string }

/** The root element of a document. */
export function parseXml(bytes: Uint8Array): XmlElement {
  if (bytes.length > MAX_BYTES) refuse('larger than 256 KiB')
  const source = decodeUtf8(bytes).replace(/\r\n?/g, '\n').replace(DECLARATION, '').trim()
  if (OUTSIDE.test(source)) refuse('markup or a character outside the profile')
  if (source.split('&').length > MAX_REFERENCES) refuse('too many references')
  let at = 0
  let tokens = 0

  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at
    const found = pattern.exec(source)
    if (!found) return null
    if (++tokens > MAX_TOKENS) refuse('too many parts')
    at = pattern.lastIndex
    return found
  }

  const readAttributes = (): Declared[] => {
    const found: Declared[] = []
    for (let next = take(ATTRIBUTE); next; next = take(ATTRIBUTE)) {
      const [, prefix, local = '', inDouble, inSingle] = next
      found.push({ prefix, local, value: resolveReferences((inDouble ?? inSingle ?? '').replace(/[\t\n]/g, ' ')) })
    }
    if (found.length > MAX_ATTRIBUTES) refuse('too many attributes')
    return found
  }

  const readElement = (outer: ReadonlyMap<string, string>, depth: number): XmlElement => {
    const [, prefix = '', local = ''] = take(START) ?? refuse('an element was expected')
    if (depth > MAX_DEPTH) refuse('too deep')
    const element = toElement(prefix, local, readAttributes(), outer)
    const [, empty] = take(START_ENDS) ?? refuse('a tag does not end')
    if (empty) return element
    for (;;) {
      const text = take(TEXT)
      if (text) element.children.push(resolveReferences(text[0]))
      const end = take(END)
      if (!end) element.children.push(readElement(element.scope, depth + 1))
      else if (end[1] === (prefix || undefined) && end[2] === local) return element
      else refuse('tags do not match')
    }
  }

  const root = readElement(new Map([['xml', NS.xml]]), 1)
  if (at !== source.length) refuse('something follows the root')
  return root
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return refuse('not UTF-8')
  }
}

function toElement(prefix: string, local: string, given: Declared[], outer: ReadonlyMap<string, string>): XmlElement {
  const declarations = given.filter((one) => one.prefix === 'xmlns' || (!one.prefix && one.local === 'xmlns'))
  const scope = declarations.length > 0 ? extend(outer, declarations) : outer
  const lookUp = (name: string) => scope.get(name) ?? refuse('a prefix stands for nothing')
  const attributes = given
    .filter((one) => !declarations.includes(one))
    .map(({ prefix = '', local, value }): XmlAttribute => {
      return { prefix, local, value, namespace: prefix ? lookUp(prefix) : '' }
    })
  const names = new Set(attributes.map(({ namespace, local }) => `${local} ${namespace}`))
  if (names.size < attributes.length) refuse('an attribute is there twice')
  return { prefix, local, namespace: prefix ? lookUp(prefix) : (scope.get('') ?? ''), attributes, scope, children: [] }
}

function extend(outer: ReadonlyMap<string, string>, declarations: Declared[]): ReadonlyMap<string, string> {
  const scope = new Map(outer)
  const declared = new Set<string>()
  for (const { prefix, local, value } of declarations) {
    const name = prefix ? local : ''
    if (declared.has(name)) refuse('an attribute is there twice')
    if (name === 'xml' || name === 'xmlns' || (name && !value) || RESERVED.includes(value))
      refuse('a reserved namespace')
    declared.add(name)
    scope.set(name, value)
  }
  if (scope.size > MAX_PREFIXES) refuse('too many prefixes')
  return scope
}

const RESERVED: string[] = [NS.xml, 'http://www.w3.org/2000/xmlns/']

function resolveReferences(raw: string): string {
  if (raw.includes(']]>')) refuse('markup or a character outside the profile')
  if (!raw.includes('&')) return raw
  return raw.replace(REFERENCE, (_, named?: string, decimal?: string, hex?: string) => {
    if (named) return NAMED[named] ?? ''
    const code = decimal ? Number.parseInt(decimal, 10) : Number.parseInt(hex ?? '', 16)
    const allowed = code === 9 || code === 10 || code === 13 || (code >= 0x20 && code <= 0x10ffff)
    const character = allowed ? String.fromCodePoint(code) : refuse('an unknown reference')
    return character.isWellFormed() && !/[\uFFFE\uFFFF]/.test(character) ? character : refuse('an unknown reference')
  })
}
