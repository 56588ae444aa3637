/** Who may set up an authenticator app with a login that still lacks its second factor, at the hosted login. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { factorOf, mayEnrol, mayEnrolHosted } from '../../src/core/credentials/second-factor.ts'
import type { Principal } from '../../src/db/principals.ts'
import type { Ports } from '../../src/deps.ts'

const deps = (DELIVERY = 'webhook') => ({ config: { DELIVERY } }) as Pick<Ports, 'config'>
const person = (user: { email?: string; phone?: string }, factors?: { establishedAt?: Date; confirmedAt?: Date }) =>
  ({ user: { email: null, phone: null, ...user }, factors: factors ?? null }) as Pick<Principal, 'user' | 'factors'>

const BY_MAIL = { email: 'ada@example.com' }
const BY_PHONE = { phone: '4612345' }
const owing = (method: string) => ({ method, factorDue: true })

describe('an app may be set up with one factor only', () => {
  test('by somebody to whom no code can be sent, whatever the first one was', () => {
    for (const method of ['password', 'otp', 'google'])
      assert.equal(mayEnrolHosted(deps(), person({}), owing(method)), true, method)
  })

  test('not by somebody to whom one can, unless the login began with it', () => {
    for (const reach of [BY_MAIL, BY_PHONE])
      for (const [method, may] of Object.entries({ password: false, google: false, otp: true }))
        assert.equal(mayEnrolHosted(deps(), person(reach), owing(method)), may, method)
  })

  test('by somebody who has a phone only, where nothing sends an SMS', () => {
    assert.equal(factorOf(deps('binding'), person(BY_PHONE)), 'none')
    assert.equal(mayEnrolHosted(deps('binding'), person(BY_PHONE), owing('password')), true)
    assert.equal(mayEnrolHosted(deps('binding'), person(BY_MAIL), owing('password')), false)
  })

  test('by everybody through the auth family, whose clients ask for nothing before it', () => {
    assert.equal(mayEnrol(person(BY_MAIL), true), true)
    assert.equal(mayEnrol(person(BY_MAIL, { establishedAt: new Date() }), true), false)
  })

  test('never by somebody who completed a second factor before', () => {
    for (const reach of [{}, BY_MAIL])
      for (const method of ['password', 'otp'])
        assert.equal(mayEnrolHosted(deps(), person(reach, { establishedAt: new Date() }), owing(method)), false)
    assert.equal(
      mayEnrolHosted(deps(), person(BY_MAIL, { establishedAt: new Date() }), {
        ...owing('password'),
        factorDue: false,
      }),
      true,
    )
  })
})
