/** The mail binding of Workers. It sends no SMS. */
import type { SendEmail } from '@cloudflare/workers-types'
import * as z from 'zod'
import type { Failure, Transport } from './delivery.ts'

/** Cloudflare's documented codes look like this; the message of the error may name the address. */
const Refusal = z.object({ code: z.string().regex(/^E_[A-Z_]{1,60}$/) })
const TEMPORARY = ['E_RATE_LIMIT_EXCEEDED', 'E_INTERNAL_SERVER_ERROR']

/** Not repeated: the mail may be on its way, and the binding has no key by which it would know it again. */
const OVERDUE: Failure = { errorCode: 'timeout', temporary: false }

export function mailBinding(binding: SendEmail, from: string, timeoutMs: number): Transport {
  return ({ channel, to, subject, text, html }) => {
    if (channel !== 'mail') return Promise.resolve({ errorCode: 'channel_unsupported', temporary: false })
    const sent = binding.send({ from, to, subject, text, ...(html && { html }) }).then(() => undefined, toFailure)
    const overdue = Promise.withResolvers<Failure>()
    const timer = setTimeout(overdue.resolve, timeoutMs, OVERDUE)
    return Promise.race([sent, overdue.promise]).finally(() => clearTimeout(timer))
  }
}

function toFailure(error: unknown): Failure {
  const errorCode = Refusal.safeParse(error).data?.code ?? 'refused'
  return { errorCode, temporary: TEMPORARY.includes(errorCode) }
}
