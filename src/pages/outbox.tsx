/** @jsxImportSource hono/jsx */
/** What would have been sent, as a page for people and as JSON for everything else. Development only. */
import { accepts } from 'hono/accepts'
import * as z from 'zod'
import { listOutbox } from '../core/outbox.ts'
import { operation } from '../http/operation.ts'
import { createRouter } from '../http/router.ts'
import { validate } from '../http/validate.ts'
import { renderPage } from './layout.tsx'

const Message = z.object({
  to: z.string(),
  channel: z.enum(['mail', 'sms']),
  subject: z.string(),
  text: z.string(),
  links: z.array(z.string()),
  code: z.string().nullable(),
  createdAt: z.iso.datetime(),
})
const Outbox = z.object({ items: z.array(Message) })
const OutboxQuery = z.object({ to: z.string().optional() })

export const outbox = createRouter().get(
  '/dev/outbox',
  operation({
    summary: 'Messages that were not sent, newest first; on localhost only',
    door: 'open',
    tag: 'development',
    answers: { 200: Outbox },
  }),
  validate('query', OutboxQuery),
  async (c) => {
    const { to } = c.req.valid('query')
    const messages = await listOutbox(c.var.deps, { to: to || undefined, url: c.req.url })
    const items = messages.map(toWire)
    c.header('Vary', 'Accept')
    const supports = ['application/json', 'text/html']
    const type = accepts(c, { header: 'Accept', supports, default: 'application/json' })
    if (type === 'application/json') return c.json({ items })
    return renderPage(c, { title: 'Outbox' }, <OutboxPage items={items} to={to} />)
  },
)

type Item = z.infer<typeof Message>

function toWire({
  to,
  channel,
  subject,
  text,
  links,
  code,
  createdAt,
}: Awaited<ReturnType<typeof listOutbox>>[number]): Item {
  return { to, channel, subject, text, links, code, createdAt: createdAt.toISOString() }
}

function OutboxPage({ items, to = '' }: { items: Item[]; to?: string | undefined }) {
  return (
    <>
      <h1>Outbox</h1>
      <p class="muted">Messages of this development server, newest first. None of them was sent.</p>
      <form method="get">
        <label for="to">Recipient</label>
        <div class="row">
          <div class="grow">
            <input id="to" name="to" value={to} autocomplete="off" spellcheck={false} placeholder="everybody" />
          </div>
          <button type="submit">Show</button>
        </div>
      </form>
      {items.length === 0 ? (
        <p class="card muted">Nothing here yet.</p>
      ) : (
        items.map((item) => <MessageCard {...item} />)
      )}
    </>
  )
}

function MessageCard({ to, channel, subject, text, links, code, createdAt }: Item) {
  return (
    <article class="card">
      <div class="row">
        <h2>{subject || (channel === 'sms' ? 'Text message' : 'Without a subject')}</h2>
        <span class="tag end">{channel}</span>
      </div>
      <div class="row muted">
        <span>{to}</span>
        <time datetime={createdAt}>{createdAt.slice(0, 19).replace('T', ' ')} UTC</time>
      </div>
      <pre>{text}</pre>
      {code !== null && (
        <p>
          Code <strong class="code">{code}</strong>
        </p>
      )}
      {links.length > 0 && (
        <ul>
          {links.map((link) => (
            <li>
              <a href={link}>{link}</a>
            </li>
          ))}
        </ul>
      )}
    </article>
  )
}
