/** `npm run keys:reseal`: everything that MASTER_KEY_PREVIOUS sealed, sealed anew under MASTER_KEY. */
import { parseArgs } from 'node:util'
import { runCommand, say } from './run-command.ts'
import { runningService } from './running-service.ts'

await runCommand(async () => {
  const { values } = parseArgs({ options: { url: { type: 'string' } } })
  const service = await runningService(values.url)
  let total = 0
  let foreign = 0
  for (let left = Number.POSITIVE_INFINITY; left > 0; ) {
    const { resealed, remaining, unprovable } = await service.post<Progress>('/v1/master-key/reseal', {})
    if (resealed === 0 && remaining > 0) throw new Error(`${remaining} sealed values open under neither master key.`)
    total += resealed
    left = remaining
    foreign = unprovable
  }
  say(`${total} values are sealed anew. Keep MASTER_KEY_PREVIOUS until the refresh tokens of before have expired.`)
  if (foreign > 0)
    say(
      `${foreign} audit rows and seals were made with another key. With it as MASTER_KEY_PREVIOUS they can be proved.`,
    )
})

interface Progress {
  resealed: number
  remaining: number
  unprovable: number
}
