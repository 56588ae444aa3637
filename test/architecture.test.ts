/** The rules of the house that a machine can hold. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { findCycles, readSources, type SourceFile } from './support/sources.ts'

/** Which layer may import which. The arrows point down, and never sideways between API families. */
const MAY_IMPORT: Record<string, string[]> = {
  entry: ['app', 'config', 'platform', 'deps'],
  commands: ['config', 'platform', 'core', 'db', 'deps'],
  app: ['api', 'pages', 'http', 'core', 'deps'],
  api: ['pages', 'http', 'core', 'deps'],
  pages: ['http', 'core', 'deps'],
  http: ['core', 'deps'],
  core: ['db', 'deps', 'config'],
  platform: ['config', 'db', 'deps'],
  db: ['deps'],
  deps: ['config', 'db'],
  config: [],
}
const ENTRIES = ['worker.ts', 'deno.ts']
const NAMES_RUNTIMES = ['entry', 'platform', 'commands']
const RUNTIMES =
  /['"]node:|\bDeno\.\w|\bcloudflare:|\bprocess\.\w|\b(?:D1Database|KVNamespace|Fetcher|SendEmail)\b|workers-types/
const MOST_LINES = 200
const MEDIAN_LINES = 70

const sources = readSources('src')
const layerOf = (path: string) => (ENTRIES.includes(path) ? 'entry' : path.replace(/[/.].*/, ''))
/** A folder in api/; a file beside them may speak of all. */
const familyOf = (path: string) => /^api\/([^/]+)\//.exec(path)?.[1]

/** Fails with one line for each offence. */
function none(offences: string[]): void {
  assert.deepEqual(offences, [])
}

const everyFile = (offencesOf: (file: SourceFile) => string[], files = sources) =>
  none(files.flatMap((file) => offencesOf(file).map((offence) => `${file.path}: ${offence}`)))

describe('architecture', () => {
  test('every file belongs to a known layer', () => {
    everyFile(({ path }) => (layerOf(path) in MAY_IMPORT ? [] : ['unknown layer']))
  })

  test('a layer imports only what it may', () => {
    everyFile(({ path, imports }) => {
      const layer = layerOf(path)
      return imports
        .filter(({ relative, to }) => relative && layerOf(to) !== layer && !MAY_IMPORT[layer]?.includes(layerOf(to)))
        .map(({ to }) => `imports ${to}`)
    })
  })

  test('API families never import each other', () => {
    everyFile(({ path, imports }) => {
      const family = familyOf(path)
      return imports
        .filter(({ to }) => family && familyOf(to) && familyOf(to) !== family)
        .map(({ to }) => `imports ${to}`)
    })
  })

  test('nothing imports itself, however far around', () => {
    none(findCycles(sources).map((cycle) => cycle.join(' → ')))
  })

  test('only entries, platform and commands name a runtime', () => {
    everyFile(({ path, text }) => {
      const named = RUNTIMES.exec(text)?.[0]
      return named && !NAMES_RUNTIMES.includes(layerOf(path)) ? [`names ${named}`] : []
    })
  })

  test('only db and platform use drizzle; the rest may know its types', () => {
    everyFile(({ path, imports }) =>
      imports
        .filter(({ to, typeOnly }) => to.startsWith('drizzle-orm') && !typeOnly)
        .filter(() => !['db', 'platform'].includes(layerOf(path)))
        .map(({ to }) => `imports ${to}`),
    )
  })

  test('no transactions, which D1 does not have', () => {
    everyFile(({ text }) => (/\.transaction\(/.test(text) ? ['uses a transaction'] : []))
  })

  test('the only class is AppError, and only the Workers entry has a default export', () => {
    everyFile(({ path, text }) => [
      ...(/^(?:export )?(?:abstract )?class (?!AppError\b)/m.test(text) ? ['declares a class'] : []),
      ...(/^export default\b/m.test(text) && path !== 'worker.ts' ? ['has a default export'] : []),
    ])
  })

  test('zod is imported as a namespace, or else its messages in sixty languages are bundled', () => {
    everyFile(({ text }) => (/^import \{.*\} from 'zod'/m.test(text) ? ['imports z by name'] : []))
  })

  test('names say what a file is about', () => {
    everyFile(({ path }) =>
      /(?:^|\/)(?:utils?|helpers?|types|common|misc|service)\.tsx?$/.test(path) ? ['means nothing'] : [],
    )
  })

  test(`no file has more than ${MOST_LINES} lines`, () => {
    const tooLong = ({ lines }: SourceFile) => (lines > MOST_LINES ? [`${lines} lines`] : [])
    everyFile(tooLong)
    everyFile(tooLong, readSources('test'))
  })

  test(`half of all files have fewer than ${MEDIAN_LINES} lines`, () => {
    const lines = sources.map((file) => file.lines).sort((a, b) => a - b)
    assert.ok((lines[Math.floor(lines.length / 2)] ?? 0) < MEDIAN_LINES)
  })

  test('nothing is left to do', () => {
    everyFile(({ text }) => (/\b(?:TODO|FIXME|XXX)\b/.test(text) ? ['has a reminder'] : []))
  })
})
