/** What zod found wrong, in the words of JSON Schema validators (those of Ajv), which every family can render. */
import type { ZodError } from 'zod'
import type { $ZodIssue } from 'zod/v4/core'
import type { Issue } from '../core/errors.ts'

/** In the order in which Ajv reports: what is missing, what is too much, what is wrong. */
const ORDER = ['required', 'additionalProperties']

export function issuesOf(error: ZodError, input: unknown): Issue[] {
  const rank = ({ code }: Issue) => ORDER.indexOf(code) + 1 || ORDER.length + 1
  return error.issues.flatMap((issue) => toIssues(issue, input)).sort((a, b) => rank(a) - rank(b))
}

function toIssues(issue: $ZodIssue, input: unknown): Issue[] {
  const path = issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key))
  const one = (code: string, message: string, info: Issue['info'] = {}): Issue[] => [{ path, code, message, info }]
  switch (issue.code) {
    case 'invalid_type':
      if (path.length > 0 && valueAt(input, path) === undefined) return missing(path)
      return one('type', `must be ${typeName(issue.expected)}`, { type: typeName(issue.expected) })
    case 'unrecognized_keys':
      return issue.keys.flatMap((key) =>
        one('additionalProperties', 'must NOT have additional properties', { additionalProperty: key }),
      )
    case 'too_small':
      return limit(one, issue.origin, 'min', Number(issue.minimum))
    case 'too_big':
      return limit(one, issue.origin, 'max', Number(issue.maximum))
    case 'invalid_value':
      if (valueAt(input, path) === undefined) return missing(path)
      return one('enum', 'must be equal to one of the allowed values', { allowedValues: issue.values })
    case 'invalid_format':
      if (issue.format === 'regex') return one('pattern', issue.message, { pattern: issue.pattern })
      return one('format', `must match format "${issue.format}"`, { format: issue.format })
    default:
      if (path.length > 0 && valueAt(input, path) === undefined) return missing(path)
      return one('invalid', issue.message)
  }
}

function missing(path: Issue['path']): Issue[] {
  const missingProperty = String(path.at(-1))
  const message = `must have required property '${missingProperty}'`
  return [{ path: path.slice(0, -1), code: 'required', message, info: { missingProperty } }]
}

function limit(
  one: (code: string, message: string, info: Issue['info']) => Issue[],
  origin: string,
  end: 'min' | 'max',
  at: number,
) {
  if (origin === 'string' || origin === 'array') {
    const unit = origin === 'string' ? 'characters' : 'items'
    const code = `${end}${origin === 'string' ? 'Length' : 'Items'}`
    return one(code, `must NOT have ${end === 'min' ? 'fewer' : 'more'} than ${at} ${unit}`, { limit: at })
  }
  const comparison = end === 'min' ? '>=' : '<='
  return one(`${end}imum`, `must be ${comparison} ${at}`, { comparison, limit: at })
}

const typeName = (expected: string) => (expected === 'int' ? 'integer' : expected === 'record' ? 'object' : expected)

function valueAt(input: unknown, path: Issue['path']): unknown {
  return path.reduce<unknown>((at, key) => (at as Record<string, unknown> | null | undefined)?.[key], input)
}
