/** The vectors of W3C Trace Context: what is a trace is handed on, what is not is none. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { readTrace } from '../../src/http/trace-context.ts'

const TRACE = '12345678901234567890123456789012'
const SPAN = '1234567890123456'
const NEW = /^(?!0+$)[0-9a-f]{32}$/

const taken: Record<string, [header: string, flags?: string]> = {
  'not sampled': [`00-${TRACE}-${SPAN}-00`, '00'],
  sampled: [`00-${TRACE}-${SPAN}-01`, '01'],
  'sampled and random': [`00-${TRACE}-${SPAN}-03`, '03'],
  'flags that nobody knows': [`00-${TRACE}-${SPAN}-ff`, '03'],
  'a later version': [`01-${TRACE}-${SPAN}-01`, '01'],
  'a later version that says more': [`cc-${TRACE}-${SPAN}-01-what-the-future-brings`, '01'],
  'a later version that ends with a dash': [`cc-${TRACE}-${SPAN}-01-`, '01'],
}

const refused: Record<string, string | undefined> = {
  nothing: undefined,
  'an empty header': '',
  'version ff': `ff-${TRACE}-${SPAN}-01`,
  'a version of one digit': `0-${TRACE}-${SPAN}-01`,
  'a version of letters': `zz-${TRACE}-${SPAN}-01`,
  'no version': `${TRACE}-${SPAN}-01`,
  'a trace id of zeros': `00-${'0'.repeat(32)}-${SPAN}-01`,
  'a parent id of zeros': `00-${TRACE}-${'0'.repeat(16)}-01`,
  'an uppercase trace id': `00-${'ABCDEF12'.repeat(4)}-${SPAN}-01`,
  'an uppercase parent id': `00-${TRACE}-${'ABCDEF12'.repeat(2)}-01`,
  'uppercase flags': `00-${TRACE}-${SPAN}-0A`,
  'a short trace id': `00-${TRACE.slice(1)}-${SPAN}-01`,
  'a long trace id': `00-${TRACE}1-${SPAN}-01`,
  'a short parent id': `00-${TRACE}-${SPAN.slice(1)}-01`,
  'a long parent id': `00-${TRACE}-${SPAN}1-01`,
  'flags of one digit': `00-${TRACE}-${SPAN}-1`,
  'flags of three digits': `00-${TRACE}-${SPAN}-001`,
  'no flags': `00-${TRACE}-${SPAN}`,
  'more than version 00 has': `00-${TRACE}-${SPAN}-01-more`,
  'a dash behind version 00': `00-${TRACE}-${SPAN}-01-`,
  'a later version with a dot behind': `cc-${TRACE}-${SPAN}-01.more`,
  'a space in front': ` 00-${TRACE}-${SPAN}-01`,
  'a line behind': `00-${TRACE}-${SPAN}-01\n`,
  'the same twice': `00-${TRACE}-${SPAN}-01, 00-${TRACE}-${SPAN}-01`,
  'two of them': `00-${TRACE}-${SPAN}-01, 00-${TRACE.replace('1', '2')}-${SPAN}-01`,
}

describe('traceparent', () => {
  for (const [name, [header, flags]] of Object.entries(taken))
    test(`takes ${name}`, () => {
      const trace = readTrace(header, undefined)
      assert.deepEqual({ traceId: trace.traceId, flags: trace.flags }, { traceId: TRACE, flags })
      assert.match(trace.spanId, /^[0-9a-f]{16}$/)
      assert.notEqual(trace.spanId, SPAN)
    })

  for (const [name, header] of Object.entries(refused))
    test(`begins a new trace for ${name}`, () => {
      const trace = readTrace(header, 'vendor=value')
      assert.match(trace.traceId, NEW)
      assert.notEqual(trace.traceId, TRACE)
      assert.notEqual(trace.traceId, readTrace(header, undefined).traceId)
      assert.equal(trace.state, undefined)
    })
})

describe('tracestate', () => {
  const members = (count: number, size = 1) => Array.from({ length: count }, (_, n) => `k${n}=${'v'.repeat(size)}`)
  const states: Record<string, [state: string, passed?: string]> = {
    'one member': ['foo=1', 'foo=1'],
    'several, with spaces, tabs and empty ones': ['foo=1 \t,\t bar=2, ,', 'foo=1,bar=2'],
    'a tenant at a system': ['0tenant@sys-tem=a b', '0tenant@sys-tem=a b'],
    '32 members': [members(32).join(','), members(32).join(',')],
    '33 members': [members(33).join(',')],
    'more than 512 characters': [members(3, 200).join(',')],
    'a key twice': ['foo=1,foo=1'],
    'an uppercase key': ['Foo=1'],
    'a key that begins with a digit': ['0foo=1'],
    'no value': ['foo'],
    'an empty value': ['foo='],
    'a value with an equals sign': ['foo=bar=baz'],
    'a value beyond ASCII': ['foo=bär'],
    'a control character': ['foo=\u0001'],
    nothing: [''],
  }
  for (const [name, [state, passed]] of Object.entries(states))
    test(`${name} is ${passed === undefined ? 'dropped' : 'handed on'}`, () => {
      assert.equal(readTrace(`00-${TRACE}-${SPAN}-01`, state).state, passed)
    })
})
