/** The auth family's error bodies, as its clients know them. */
import assert from 'node:assert/strict'
import type { Answer } from './app.ts'

const NAMES: Record<number, string> = {
  400: 'BadRequestError',
  401: 'UnauthorizedError',
  403: 'ForbiddenError',
  404: 'NotFoundError',
  409: 'ConflictError',
  422: 'UnprocessableEntityError',
  429: 'TooManyRequestsError',
}

/** The whole body, to the letter: a plain message. */
export function refusedWith(answer: Answer, status: number, message: unknown): void {
  assert.equal(answer.status, status, answer.text)
  assert.deepEqual(answer.body, { error: { statusCode: status, name: NAMES[status], message } })
  assert.match(answer.headers.get('content-type') ?? '', /^application\/json/)
}

/** What the original's login strategies say comes nested. */
export const refusedByStrategy = (answer: Answer, message: string) => refusedWith(answer, 401, { message })

/** What a browser gets that nobody can be sent on from: a page in which a person can read what to do. */
export function refusedOnPage({ status, text, headers }: Answer, words: RegExp, expected = 401): void {
  assert.equal(status, expected, text)
  assert.match(headers.get('content-type') ?? '', /^text\/html/)
  assert.match(text, words)
}

interface Detail {
  path: string
  code: string
  message: string
  info: object
}

/** 422 with these details, in this order. */
export function invalidWith(answer: Answer, details: Detail[]): void {
  assert.equal(answer.status, 422, answer.text)
  assert.deepEqual(answer.body, {
    error: {
      statusCode: 422,
      name: 'UnprocessableEntityError',
      message: 'The request body is invalid. See error object `details` property for more info.',
      code: 'VALIDATION_FAILED',
      details,
    },
  })
}

export const missing = (missingProperty: string): Detail => ({
  path: '',
  code: 'required',
  message: `must have required property '${missingProperty}'`,
  info: { missingProperty },
})

export const unknown = (additionalProperty: string): Detail => ({
  path: '',
  code: 'additionalProperties',
  message: 'must NOT have additional properties',
  info: { additionalProperty },
})

export const mustBe = (type: string, path: string): Detail => ({
  path,
  code: 'type',
  message: `must be ${type}`,
  info: { type },
})
