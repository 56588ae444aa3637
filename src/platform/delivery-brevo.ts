/** Brevo sends mail and SMS. */
import * as z from 'zod'
import type { Transport } from './delivery.ts'
import type { Post } from './delivery-http.ts'

interface Brevo {
  url?: string | undefined
  apiKey: string
  mailFrom: string
  smsFrom: string
  post: Post
}

/** The code is one of a documented list of words; whatever looks different is not repeated. */
const Refusal = z.object({ code: z.string().regex(/^[a-z_]{1,40}$/) })

/** Beyond these a message needs another encoding, which leaves room for 70 instead of 160 characters a part. */
const PLAIN = /^[\x20-\x7e\n]*$/

export function brevo({ url = 'https://api.brevo.com', apiKey, mailFrom, smsFrom, post }: Brevo): Transport {
  const send = (path: string, body: object) =>
    post({ url: `${url.replace(/\/$/, '')}${path}`, headers: { 'api-key': apiKey }, body, errorCodeOf })

  return ({ channel, to, subject, text, html }, { id }) =>
    channel === 'mail'
      ? send('/v3/smtp/email', {
          sender: { email: mailFrom },
          to: [{ email: to }],
          subject,
          textContent: text,
          htmlContent: html,
          headers: { idempotencyKey: id },
        })
      : send('/v3/transactionalSMS/send', {
          sender: smsFrom,
          recipient: to,
          content: text,
          type: 'transactional',
          unicodeEnabled: !PLAIN.test(text),
        })
}

function errorCodeOf(answer: string): string | undefined {
  try {
    return Refusal.safeParse(JSON.parse(answer)).data?.code
  } catch {
    return undefined
  }
}
