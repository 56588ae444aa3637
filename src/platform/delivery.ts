/** Mail and SMS: over HTTP, through the mail binding of Workers, or in development into the outbox. */
import type { SendEmail } from '@cloudflare/workers-types'
import { v7 } from 'uuid'
import * as z from 'zod'
import { outbox } from '../db/schema.ts'
import type { Db, Message, Ports } from '../deps.ts'
import { mailBinding } from './delivery-binding.ts'
import { brevo } from './delivery-brevo.ts'
import { createPost } from './delivery-http.ts'
import { webhook } from './delivery-webhook.ts'

/** Why an attempt failed, in a form that may be logged. */
export interface Failure {
  /** Of the answer, if there was one. */
  status?: number
  errorCode?: string | undefined
  /** It may succeed when it is repeated. */
  temporary: boolean
}

/** Attempts at one message carry the same id, so that the receiver can tell a repetition. */
export interface Envelope {
  id: string
  createdAt: Date
  /** Of the request that caused it. */
  headers?: Record<string, string> | undefined
}

/** Hands one message over, once. Answers why that failed, or nothing. */
export type Transport = (message: Message, envelope: Envelope) => Promise<Failure | undefined>

type Outside = Pick<Ports, 'config' | 'db' | 'fetch' | 'now' | 'log' | 'count'>

interface Patience {
  timeoutMs: number
  /** Before each repetition. */
  pausesMs: number[]
}

/** In the worst case 29.5 seconds: Workers grants deferred work 30. */
const PATIENCE: Patience = { timeoutMs: 9_000, pausesMs: [500, 2_000] }

/** One recipient and one line, so that neither can smuggle in a header or somebody else. */
const Sendable = z.discriminatedUnion('channel', [
  z.object({
    channel: z.literal('mail'),
    to: z.string().regex(/^[^\s@,;:<>"\p{Cc}\p{Cs}]+@[^\s@,;:<>"\p{Cc}\p{Cs}]+$/u),
    subject: z.string().regex(/^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]*$/u),
  }),
  z.object({ channel: z.literal('sms'), to: z.string().regex(/^\+?[1-9]\d{1,14}$/) }),
])

/**
 * Never throws: what cannot be delivered is logged without address or content and given up, because the request that
 * caused it has been answered already.
 */
export function createDelivery(outside: Outside, binding?: SendEmail, patience = PATIENCE): Ports['deliver'] {
  const transport = chooseTransport(outside, binding, patience)
  return async (message, headers) => {
    const { channel } = message
    const end = (result: 'ok' | 'refused' | 'failed', why: object = {}) => {
      outside.count({ name: 'delivery', result, method: channel })
      if (result !== 'ok') outside.log('error', `delivery ${result}`, { channel, ...why })
    }
    try {
      if (!Sendable.safeParse(message).success) return end('refused')
      const envelope = { id: v7(), createdAt: outside.now(), headers }
      const failure = await send(transport, message, envelope, patience.pausesMs)
      end(failure ? 'failed' : 'ok', failure)
    } catch (cause) {
      end('failed', { cause })
    }
  }
}

async function send(transport: Transport, message: Message, envelope: Envelope, pausesMs: number[]) {
  const failure = await transport(message, envelope)
  const [pauseMs, ...rest] = pausesMs
  if (!failure?.temporary || pauseMs === undefined) return failure
  await new Promise((resolve) => setTimeout(resolve, pauseMs))
  return send(transport, message, envelope, rest)
}

/** config.ts has seen to it that each kind has the variables that it needs. */
function chooseTransport(
  { config, db, fetch, now }: Outside,
  binding: SendEmail | undefined,
  { timeoutMs }: Patience,
): Transport {
  const post = createPost(fetch, timeoutMs)
  const { DELIVERY, DELIVERY_URL: url, DELIVERY_SECRET: secret = '', DELIVERY_FROM: from = '' } = config
  switch (DELIVERY) {
    case 'webhook':
      return webhook({ url: url ?? '', secret, post, now })
    case 'brevo':
      return brevo({ url, apiKey: secret, mailFrom: from, smsFrom: config.DELIVERY_SMS_FROM, post })
    case 'binding':
      if (!binding) throw new Error('Gatehouse cannot start: DELIVERY=binding needs the send_email binding EMAIL.')
      return mailBinding(binding, from, timeoutMs)
    default:
      return keepInOutbox(db)
  }
}

/** In development nothing is sent. */
const keepInOutbox =
  (db: Db): Transport =>
  async ({ links = [], ...message }, { id, createdAt }) => {
    await db.insert(outbox).values({ ...message, links, id, createdAt })
    return undefined
  }
