/** The admin family's errors (RFC 9457). */
import assert from 'node:assert/strict'
import type { Answer } from './app.ts'

interface Problem {
  type?: string
  title?: string
  detail?: string
  status?: number
  issues?: { path: string; message: string }[]
}

const CODES: Record<number, string[]> = {
  400: ['validation_failed', 'malformed_json', 'parameter_invalid'],
  401: ['unauthenticated', 'api_key_invalid'],
  403: ['forbidden'],
  404: ['not_found'],
  409: ['conflict'],
  413: ['body_too_large'],
  415: ['unsupported_media_type'],
}

/** A problem with this status, and all of its members. */
export function refused(answer: Answer<object>, status: number): void {
  const { headers, text } = answer
  const body: Problem = answer.body
  assert.equal(answer.status, status, text)
  assert.equal(headers.get('content-type'), 'application/problem+json')
  assert.equal(body.status, status)
  assert.ok(CODES[status]?.includes(String(body.type).replace('urn:problem:', '')), text)
  assert.ok(body.title)
  assert.ok(body.detail)
  assert.ok(Array.isArray(body.issues))
}

/** 400, with an issue for each of these fields and for no other. */
export function refusedFields(answer: Answer<object>, ...paths: string[]): void {
  refused(answer, 400)
  const { issues }: Problem = answer.body
  const named = new Set(issues?.map(({ path }) => path))
  assert.deepEqual([...named].sort(), paths.sort(), answer.text)
  assert.ok(issues?.every(({ message }) => message))
}
