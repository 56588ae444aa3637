/** What the delivery tests send, and under which configuration. */
import { randomBytes } from 'node:crypto'
import { type Config, parseConfig } from '../../src/config.ts'
import type { Message } from '../../src/deps.ts'
import { SECRETS, VARIABLES } from '../support/variables.ts'

/** What the worker of these tests is asked to do. */
export interface Errand {
  config: Config
  message: Message
  patience: { timeoutMs: number; pausesMs: number[] }
}

export const MAIL: Message = {
  to: 'ada@example.com',
  channel: 'mail',
  subject: 'Grüße',
  text: 'Your code is 123456.',
  html: '<p>Your code is 123456.</p>',
  links: ['https://app.example/reset?token=t0k3n'],
  code: '123456',
}
export const SMS: Message = { to: '+4612345', channel: 'sms', subject: '', text: 'Your code is 123456.' }

export const SECRET = `whsec_${randomBytes(24).toString('base64')}`

export const configured = (variables: Record<string, string>) => parseConfig({ ...VARIABLES, ...SECRETS, ...variables })

export const webhookAt = (url: string, secret = SECRET) =>
  configured({ DELIVERY: 'webhook', DELIVERY_URL: `${url}/hook`, DELIVERY_SECRET: secret })

export const failed = (fields: object, channel = 'mail') => [['error', 'delivery failed', { channel, ...fields }]]
