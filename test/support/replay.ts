/**
 * Random tests that can be had again: FC_SEED and FC_PATH repeat what failed, FC_RUNS makes them longer,
 * FC_SHRINK=1 looks for a smaller failure. A failure says
 * with which command it is repeated.
 */
import * as fc from 'fast-check'
import { STORE } from './service.ts'

const number = (name: string) => (process.env[name] ? Number(process.env[name]) : undefined)

/** Of the whole run; each property makes its own of it, so that no two are sent the same. */
export const SEED = number('FC_SEED') ?? Math.floor(Math.random() * 2 ** 31)

/** `file` is under test/, `name` that of the test. */
export async function holds<Ts>(
  { file, name, runs }: { file: string; name: string; runs: number },
  property: fc.IAsyncProperty<Ts>,
): Promise<void> {
  const path = process.env['FC_PATH']
  const numRuns = number('FC_RUNS') ?? runs
  const details = await fc.check(property, {
    seed: SEED + [...name].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 65_521, 0),
    numRuns,
    // What is sent changes the store, so that shrinking asks another one than the one that failed.
    endOnFailure: !process.env['FC_SHRINK'],
    ...(path && { path }),
  })
  if (!details.failed) return
  const pattern = name.replace(/[.*+?^${}()|[\]\\/]/g, '.')
  throw new Error(
    [
      `fails, after ${details.numRuns} runs, for`,
      fc.stringify(details.counterexample),
      'again with',
      `FC_SEED=${SEED} FC_PATH='${details.counterexamplePath}' FC_RUNS=${numRuns} STORE=${STORE} node --import tsx --test --test-name-pattern='${pattern}' test/${file}`,
    ].join('\n'),
    { cause: details.errorInstance },
  )
}
