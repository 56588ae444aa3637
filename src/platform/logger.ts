/** One JSON line an event. Values that look like a secret or an address never reach it. */
import type { Config } from '../config.ts'
import type { Log } from '../deps.ts'

const LEVELS = ['debug', 'info', 'warn', 'error'] as const

/** Mail addresses, JWTs, password hashes, and any long run of letters and digits that is not a UUID. */
const SECRETS = /[\w.+-]+@[\w-]+\.[\w.-]+|\beyJ[\w-]+\.[\w-]+\.[\w-]*|\$(?:argon2\w*|2[aby])\$[^\s"]+|[\w-]{20,}/g
const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/
/** A trace id is as long as a secret, and none. */
const TRACE_NAMES = ['traceId', 'spanId']
const HEX = /^[0-9a-f]{16,32}$/
const UNSAFE_NAMES = /pass|secret|token|cookie|authorization|key$|code$|email|phone|username|otp/i

export function createLog({ LOG_LEVEL }: Pick<Config, 'LOG_LEVEL'>, write: (line: string) => void): Log {
  const least = LEVELS.indexOf(LOG_LEVEL)
  return (level, event, fields = {}) => {
    if (LEVELS.indexOf(level) < least) return
    write(JSON.stringify({ at: new Date().toISOString(), level, event, ...redact(fields) }))
  }
}

function redact(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, redactValue(name, value)]))
}

function redactValue(name: string, value: unknown): unknown {
  if (name === 'errorCode' || name === 'route' || (HEX.test(String(value)) && TRACE_NAMES.includes(name))) return value
  if (UNSAFE_NAMES.test(name)) return '[redacted]'
  if (value instanceof Error) return describe(value)
  if (typeof value === 'string') return scrub(value)
  if (value && typeof value === 'object') return redact(value as Record<string, unknown>)
  return value
}

/**
 * The chain of causes as name and place. A database error's message carries the bound parameters, so only the innermost
 * message is kept, scrubbed and cut.
 */
function describe(error: Error): Record<string, unknown> {
  const chain: Error[] = []
  for (let at: unknown = error; at instanceof Error && chain.length < 5; at = at.cause) chain.push(at)
  const innermost = chain.at(-1) ?? error
  return {
    names: chain.map(({ name }) => name).join(' < '),
    message: scrub(innermost.message.split('\n')[0] ?? '').slice(0, 200),
    stack: innermost.stack
      ?.split('\n')
      .filter((line) => line.trimStart().startsWith('at '))
      .slice(0, 6)
      .map((line) => line.trim()),
  }
}

function scrub(text: string): string {
  return text.replace(SECRETS, (found) => (UUID.test(found) || /^[a-z]+$/i.test(found) ? found : '[redacted]'))
}
