/** What ought to be good after what has happened: one person, two clients, two tenants; no store, no cryptography. */
import * as fc from 'fast-check'

/** A session's tokens of one generation; `back` counts from the newest. */
export interface Pair {
  session: number
  back: number
}

export type Step =
  | { do: 'log in'; client: number; how: 'code' | 'token'; password: 'right' | 'wrong' | 'old' }
  | { do: 'use the code again'; session: number }
  | { do: 'refresh'; pair: Pair }
  | { do: 'refresh with the access token of another'; pair: Pair; other: Pair }
  | { do: 'switch'; pair: Pair; to: 'one' | 'two' | 'a strange tenant' }
  | { do: 'log out'; pair: Pair; refresh: Pair }
  | { do: 'change the password'; pair: Pair; old: 'right' | 'wrong' }
  | { do: 'revoke' }
  | { do: 'wait' }

const pair = fc.record({ session: fc.nat(9), back: fc.constantFrom(0, 0, 0, 1, 1, 2) })

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('log in'),
      client: fc.nat(1),
      how: fc.constantFrom('code', 'token'),
      password: fc.constantFrom('right', 'right', 'right', 'wrong', 'old'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('use the code again'), session: fc.nat(9) }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('refresh'), pair }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('refresh with the access token of another'), pair, other: pair }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('switch'),
      pair,
      to: fc.constantFrom('one', 'two', 'two', 'a strange tenant'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('log out'), pair, refresh: pair }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('change the password'), pair, old: fc.constantFrom('right', 'wrong') }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('revoke') }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait') }) },
)

export const steps = fc.array(step, { minLength: 8, maxLength: 24 })

/** Longer than a lost answer explains. */
export const WAIT_SECONDS = 11
const REPEAT_SECONDS = 10
export const MOST_WRONG = 3

export interface Session {
  tenant: 'one' | 'two'
  client: number
  byCode: boolean
  generation: number
  rotatedAt: number
  ended: boolean
}

export interface Model {
  now: number
  /** How often the password was changed. */
  passwords: number
  wrong: number
  sessions: Session[]
}

export const newModel = (): Model => ({ now: 0, passwords: 0, wrong: 0, sessions: [] })

/** Which session and generation a step speaks of; undefined while there is none. */
export function find({ sessions }: Model, { session, back }: Pair) {
  const index = session % sessions.length
  const found = sessions[index]
  return found && { index, session: found, generation: Math.max(1, found.generation - back) }
}

/** What the service must answer; the model then is as the service must be. */
export function take(model: Model, step: Step): number | undefined {
  switch (step.do) {
    case 'log in':
      return logIn(model, step)
    case 'use the code again': {
      const session = model.sessions[step.session % model.sessions.length]
      if (!session?.byCode) return undefined
      session.ended = true
      return 401
    }
    case 'refresh':
      return refresh(model, step.pair)
    case 'refresh with the access token of another': {
      const [presented, other] = [find(model, step.pair), find(model, step.other)]
      if (!presented || !other) return undefined
      if (presented.index === other.index && presented.generation === other.generation) return refresh(model, step.pair)
      if (isReuse(model, presented)) presented.session.ended = true
      return 401
    }
    case 'switch':
      if (!isGood(model, step.pair)) return find(model, step.pair) && 401
      if (step.to === 'a strange tenant') return 403
      return refresh(model, step.pair, step.to)
    case 'log out': {
      const [bearer, refreshed] = [find(model, step.pair), find(model, step.refresh)]
      if (!bearer || !refreshed) return undefined
      if (!isGood(model, step.pair) || bearer.index !== refreshed.index || !isGood(model, step.refresh)) return 401
      bearer.session.ended = true
      return 200
    }
    case 'change the password':
      if (!isGood(model, step.pair)) return find(model, step.pair) && 401
      return changePassword(model, step.old === 'right')
    case 'revoke':
      endAll(model)
      return 204
    case 'wait':
      model.now += WAIT_SECONDS
      return undefined
  }
}

function logIn(model: Model, { client, how, password }: Extract<Step, { do: 'log in' }>): number {
  if (++model.wrong > MOST_WRONG) return 429
  if (password !== 'right' && !(password === 'old' && model.passwords === 0)) return 401
  model.wrong = 0
  const opened = { generation: 1, rotatedAt: model.now, ended: false }
  model.sessions.push({ tenant: 'one', client, byCode: how === 'code', ...opened })
  return 200
}

function refresh(model: Model, presented: Pair, tenant?: Session['tenant']): number | undefined {
  const found = find(model, presented)
  if (!found) return undefined
  const { session, generation } = found
  if (session.ended) return 401
  if (generation === session.generation) {
    Object.assign(session, { generation: generation + 1, rotatedAt: model.now, tenant: tenant ?? session.tenant })
    return 200
  }
  if (!isReuse(model, found)) return 200
  session.ended = true
  return 401
}

/** Shown again later than a lost answer explains, or after its successor was used. */
function isReuse({ now }: Model, { session, generation }: { session: Session; generation: number }): boolean {
  const late = now - session.rotatedAt > REPEAT_SECONDS
  return session.generation > generation + 1 || (session.generation === generation + 1 && late)
}

export function isGood(model: Model, pair: Pair): boolean {
  const found = find(model, pair)
  return found !== undefined && !found.session.ended && found.generation === found.session.generation
}

function changePassword(model: Model, right: boolean): number {
  if (++model.wrong > MOST_WRONG) return 429
  if (!right) return 401
  model.wrong = 0
  model.passwords++
  endAll(model)
  return 200
}

function endAll({ sessions }: Model): void {
  for (const session of sessions) session.ended = true
}
