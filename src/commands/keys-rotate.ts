/** `npm run keys:rotate [-- --revoke]`: a new signing key at once. With --revoke, for a stolen one, all others are gone. */
import { parseArgs } from 'node:util'
import { runCommand, say } from './run-command.ts'
import { runningService } from './running-service.ts'

await runCommand(async () => {
  const { values } = parseArgs({ options: { url: { type: 'string' }, revoke: { type: 'boolean', default: false } } })
  const service = await runningService(values.url)
  const { kid } = await service.post<{ kid: string }>('/v1/signing-keys/rotate', { revoke: values.revoke })
  say(
    values.revoke
      ? `Key ${kid} signs now. All other keys are gone, and with them every access token that they signed.`
      : `Key ${kid} signs now. The one before it stays published until its last token has expired.`,
  )
})
