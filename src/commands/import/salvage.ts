/** A line that is refused for what it can do without goes again without it. */
import type { Line, LineType } from '../../core/transfer/lines.ts'

export interface Issue {
  path: string
  message: string
}

/** Nothing in which a right, or a limit of one, is said. */
const DISPENSABLE: Partial<Record<LineType, RegExp>> = {
  tenant: /^locale$/,
  client: /^(redirectUrl|redirectUris\.\d+|origins\.\d+|clientSecret|\w+Expiration)$/,
  user: /^(email|phone|locale|firstName|lastName|passwordHash|authenticatorSecret|profile\.\w+)$/,
}

/** Undefined where something is wrong that cannot be left out. */
export function salvage(line: Line, issues: Issue[]): Line | undefined {
  const pattern = DISPENSABLE[line.type]
  if (!pattern || issues.length === 0 || !issues.every(({ path }) => pattern.test(path))) return undefined
  const copy = structuredClone(line) as unknown as Record<string, unknown>
  // From behind, so that places in lists stay what they are.
  for (const path of new Set(issues.map((issue) => issue.path).sort((a, b) => place(b) - place(a)))) {
    const [name = '', inner] = path.split('.')
    const member = copy[name]
    if (inner === undefined) delete copy[name]
    else if (Array.isArray(member)) member.splice(Number(inner), 1)
    else delete (member as Record<string, unknown> | undefined)?.[inner]
    if (name === 'email') copy['emailVerified'] = false
    if (name === 'authenticatorSecret') copy['secondFactorRequired'] = true
  }
  return copy as unknown as Line
}

const place = (path: string) => Number(path.split('.')[1] ?? 0) || 0
