/** One thing that may be used once, used by many at the same moment. */
import type { Answer, App } from '../support/ask.ts'

export interface Race {
  /** All send the same. */
  send(): Promise<Answer>
  /** What a use that won was given: as many different ones as there were winners. Undefined for one that lost. */
  prize(answer: Answer): string | undefined
  /** How the others are told. */
  refusals: number[]
  /** How those are told that come later than a repetition may, where the machine is that slow. */
  late?: { afterMs: number; refusals: number[] }
  /** Somebody else was too slow for the use that won. */
  letDown?(answer: Answer): boolean
  /** What has to be so when the race is over; throws. */
  afterwards?(winner: Answer): Promise<void>
  close?(): Promise<void>
}

export interface Thing {
  name: string
  prepare(app: App): Promise<Race>
}

export interface Outcome {
  thing: string
  ways: number
  winners: number
  /** How often each status was answered to those who lost. */
  refused: Record<number, number>
  ms: number
  /** Undefined when all is as it must be. */
  wrong?: string
}

/** How long all the uses of one thing may take together, on a slow machine. */
const MOST_MS = 240_000

/** Where the network or a provider lost one of them, that may be the one that won; then another thing of the kind. */
export async function run(app: App, thing: Thing, ways: number, attempt = 1): Promise<Outcome> {
  return once(app, thing, ways).catch((error: Error) => {
    if (attempt === ATTEMPTS || !LOST.includes(error.message)) throw error
    return run(app, thing, ways, attempt + 1)
  })
}

const ATTEMPTS = 3
const LET_DOWN = 'the provider was too slow'
const LOST = ['fetch failed', LET_DOWN]

async function once(app: App, thing: Thing, ways: number): Promise<Outcome> {
  const race = await thing.prepare(app)
  try {
    const start = performance.now()
    const answers = await within(MOST_MS, Promise.all(Array.from({ length: ways }, () => race.send())))
    const ms = Math.round(performance.now() - start)
    const won = answers.filter((answer) => race.prize(answer) !== undefined)
    if (won.length === 0 && answers.some((answer) => race.letDown?.(answer))) throw new Error(LET_DOWN)
    const winners = new Set(won.map(race.prize)).size
    const refused: Record<number, number> = {}
    for (const { status } of answers.filter((answer) => race.prize(answer) === undefined))
      refused[status] = (refused[status] ?? 0) + 1
    const wrong = (await flaw(race, won, { winners, refused, ms })) ?? failuresIn(answers)
    return { thing: thing.name, ways, winners, refused, ms, ...(wrong !== undefined && { wrong }) }
  } finally {
    await race.close?.()
  }
}

type Seen = Pick<Outcome, 'winners' | 'refused' | 'ms'>

async function flaw(race: Race, won: Answer[], { winners, refused, ms }: Seen) {
  const [winner] = won
  if (!winner || winners !== 1) return `${winners} winners`
  const late = race.late && ms > race.late.afterMs ? race.late.refusals : []
  const usual = [...race.refusals, ...late]
  const strange = Object.keys(refused).filter((status) => !usual.includes(Number(status)))
  if (strange.length > 0) return `answered ${strange.join(', ')}`
  return race.afterwards?.(winner).then(
    () => undefined,
    (error: Error) => error.message,
  )
}

const failuresIn = (answers: Answer[]) => answers.find(({ status }) => status >= 500)?.text

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error(`not over after ${ms} ms`)), ms)
  return Promise.race([work, late.promise]).finally(() => clearTimeout(timer))
}

/** A prize for whoever is answered with this status and, where it is given, a member of the body. */
export const wonWith =
  (status: number, member?: string) =>
  (answer: Answer): string | undefined => {
    if (answer.status !== status) return undefined
    const prize = member === undefined ? undefined : (answer.body as Record<string, unknown>)[member]
    return prize === undefined ? `use ${++uses}` : String(prize)
  }
let uses = 0

/** A prize for whoever is sent on to an address with a code in it. */
export const wonOnTheWay = ({ headers }: Answer): string | undefined =>
  new URL(headers.get('location') ?? 'x:').searchParams.get('code') ?? undefined
