/** An object in the query, as JSON (`filter={"limit":1}`) or spelled out (`filter[limit]=1`, whose values are strings). */
import type { Issue } from '../../core/errors.ts'

/** Deeper than any filter means something. */
const MOST_LEVELS = 24

interface Given {
  /** What was given, for the words of a refusal too; undefined when there is nothing. */
  given: unknown
  /** Why it cannot be read; empty where, as in the original, there is no more to say than that it is no object. */
  refusal?: Issue[]
}

const NO_OBJECT: Issue[] = []

export function readObject(parameters: URLSearchParams, name: string): Given {
  const [json, ...more] = parameters.getAll(name)
  if (json === undefined) return spelledOut(parameters, name)
  if (more.length > 0) return { given: [json, ...more], refusal: NO_OBJECT }
  const both = [...parameters.keys()].find((key) => key.startsWith(`${name}[`))
  return both === undefined ? parsed(json) : { given: [json, both], refusal: NO_OBJECT }
}

function parsed(text: string): Given {
  if (text === '' || text === 'null') return { given: undefined }
  try {
    const given: unknown = JSON.parse(text, withoutPrototype)
    if (isDeeper(given, MOST_LEVELS)) return { given: text, refusal: refusal('depth', 'must not be nested so deeply') }
    if (typeof given === 'object' && !Array.isArray(given)) return { given }
    return { given: text, refusal: NO_OBJECT }
  } catch (error) {
    return { given: text, refusal: refusal('syntaxError', (error as Error).message) }
  }
}

type Tree = { [key: string]: Tree | string[] }
const newTree = (): Tree => Object.create(null)

function spelledOut(parameters: URLSearchParams, name: string): Given {
  const root = newTree()
  for (const key of new Set(parameters.keys())) {
    if (!key.startsWith(`${name}[`)) continue
    const steps = [...key.slice(name.length).matchAll(/\[([^[\]]*)\]/g)].map(([, step = '']) => step)
    const whole = name + steps.map((step) => `[${step}]`).join('')
    if (whole !== key || steps.length > MOST_LEVELS || !place(root, steps, parameters.getAll(key)))
      return { given: key, refusal: refusal('syntaxError', `unexpected ${key}`) }
  }
  return { given: Object.keys(root).length > 0 ? grown(root) : undefined }
}

/** False where one key is said to be both a value and an object. */
function place(tree: Tree, [step = '', ...rest]: string[], values: string[]): boolean {
  const known = tree[step]
  if (rest.length === 0) {
    if (known) return false
    tree[step] = values
    return true
  }
  if (Array.isArray(known)) return false
  return place((tree[step] = known ?? newTree()), rest, values)
}

/** Numbered members, in the order of their numbers, and unnumbered ones (`[]`) are lists; so is a repeated value. */
function grown(tree: Tree | string[]): unknown {
  if (Array.isArray(tree)) return tree.length === 1 ? tree[0] : tree
  const keys = Object.keys(tree)
  if (keys.length === 1 && keys[0] === '' && Array.isArray(tree[''])) return tree['']
  if (keys.every((key) => /^\d{1,9}$/.test(key))) return Object.values(tree).map(grown)
  return Object.fromEntries(keys.map((key) => [key, grown(tree[key] ?? [])]))
}

function withoutPrototype(key: string, value: unknown): unknown {
  if (key === '__proto__') throw new Error('JSON string cannot contain "__proto__" key.')
  return value
}

const isDeeper = (value: unknown, levels: number): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (levels === 0 || Object.values(value).some((member) => isDeeper(member, levels - 1)))

const refusal = (code: string, message: string): Issue[] => [{ path: [], code, message, info: {} }]
