/** Any service that takes messages as signed JSON: the Standard Webhooks specification 1.0.0, symmetric signatures. */
import type { Transport } from './delivery.ts'
import type { Post } from './delivery-http.ts'

const encoder = new TextEncoder()

interface Webhook {
  url: string
  secret: string
  post: Post
  now(): Date
}

export function webhook({ url, secret, post, now }: Webhook): Transport {
  return async (
    { to, channel, subject, text, html = null, links = [], code = null },
    { id, createdAt, headers: trace },
  ) => {
    const body = JSON.stringify({ id, to, channel, subject, text, html, links, code, createdAt })
    const timestamp = Math.floor(now().getTime() / 1000)
    const headers = {
      ...trace,
      'webhook-id': id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': `v1,${await sign(secret, `${id}.${timestamp}.${body}`)}`,
    }
    return post({ url, headers, body })
  }
}

/** HMAC-SHA-256 in base64. */
async function sign(secret: string, content: string): Promise<string> {
  const key = await crypto.subtle.importKey('raw', keyOf(secret), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  return btoa(String.fromCharCode(...new Uint8Array(await crypto.subtle.sign('HMAC', key, encoder.encode(content)))))
}

/** The specification writes a secret as `whsec_` and base64; any other is taken as it is. */
function keyOf(secret: string): Uint8Array<ArrayBuffer> {
  if (!secret.startsWith('whsec_')) return encoder.encode(secret)
  return Uint8Array.from(atob(secret.slice('whsec_'.length)), (byte) => byte.charCodeAt(0))
}
