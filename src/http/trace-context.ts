/**
 * W3C Trace Context: the trace that a request belongs to goes into our log lines and our calls to others, and comes back
 * as `traceresponse`. What does not follow the specification to the letter is no trace; then one begins here.
 */
import type { Ports } from '../deps.ts'

export interface TraceContext {
  /** 32 hexadecimal digits, of the whole trace. */
  traceId: string
  /** 16, of our part in it. */
  spanId: string
  flags: string
  /** What other systems want to be handed on. */
  state: string | undefined
}

const PARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/
const ZEROS = /^0+$/

/** The flags that are defined: sampled, and random. Others are not handed on. */
const KNOWN_FLAGS = 3

const MOST_MEMBERS = 32
const MOST_STATE_CHARACTERS = 512
const KEY = /^(?:[a-z][a-z0-9_\-*/]{0,255}|[a-z0-9][a-z0-9_\-*/]{0,240}@[a-z][a-z0-9_\-*/]{0,13})$/
const VALUE = /^[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/

/** Of a request's headers `traceparent` and `tracestate`. A header that came twice reads as one with a comma in it. */
export function readTrace(parent: string | undefined, state: string | undefined): TraceContext {
  const spanId = randomHex(8)
  const [, version, traceId = '', parentId = '', flags = '', rest] = PARENT.exec(parent ?? '') ?? []
  const isNone = version === undefined || version === 'ff' || ZEROS.test(traceId) || ZEROS.test(parentId)
  // Later versions may say more behind; what is there today stays as it is.
  if (isNone || (version === '00' && rest !== undefined))
    return { traceId: randomHex(16), spanId, flags: '00', state: undefined }
  const known = (Number.parseInt(flags, 16) & KNOWN_FLAGS).toString(16).padStart(2, '0')
  return { traceId, spanId, flags: known, state: readState(state) }
}

/** All of it or nothing. */
function readState(state: string | undefined): string | undefined {
  if (!state || state.length > MOST_STATE_CHARACTERS) return undefined
  const members = state
    .split(',')
    .map((member) => member.replace(/^[ \t]+|[ \t]+$/g, ''))
    .filter((member) => member !== '')
  const keys = members.map((member) => member.slice(0, member.indexOf('=')))
  const isWhole = members.every((member, at) => {
    const key = keys[at] ?? ''
    return member.includes('=') && KEY.test(key) && VALUE.test(member.slice(key.length + 1))
  })
  const isFit = members.length > 0 && members.length <= MOST_MEMBERS && new Set(keys).size === keys.length
  return isWhole && isFit ? members.join(',') : undefined
}

/** For the answer: the trace, and our part in it. */
export const traceResponse = ({ traceId, spanId, flags }: TraceContext) => `00-${traceId}-${spanId}-${flags}`

/** For a call that we make: a part of its own. */
function outgoingHeaders({ traceId, flags, state }: TraceContext): Record<string, string> {
  const traceparent = `00-${traceId}-${randomHex(8)}-${flags}`
  return state === undefined ? { traceparent } : { traceparent, tracestate: state }
}

/** The ports that say which trace they are used in. */
export function tracedPorts(ports: Ports, trace: TraceContext): Pick<Ports, 'log' | 'fetch' | 'deliver'> {
  const { traceId, spanId } = trace
  return {
    log: (level, event, fields) => ports.log(level, event, { ...fields, traceId, spanId }),
    fetch(input, init) {
      const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : undefined))
      for (const [name, value] of Object.entries(outgoingHeaders(trace))) headers.set(name, value)
      return ports.fetch(input, { ...init, headers })
    },
    deliver: (message) => ports.deliver(message, outgoingHeaders(trace)),
  }
}

function randomHex(bytes: number): string {
  const random = crypto.getRandomValues(new Uint8Array(bytes))
  return Array.from(random, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
