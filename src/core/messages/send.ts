/** Messages to people: in their language, in the tenant's name, as plain text and HTML. */
import type { Tenant, User } from '../../db/principals.ts'
import type { Deps, Message, Ports } from '../../deps.ts'
import { renderHtml } from './html.ts'
import { chooseLocale } from './locales.ts'
import { type Kind, TEXTS } from './texts.ts'

export interface Letter {
  kind: Kind
  /** What the letter is about: names the brand. Null: the service itself. */
  tenant: Tenant | null
  /** The person's own language, if known; then the tenant's. */
  locale?: string | null | undefined
  link?: string
  code?: string
  /** Further words the text needs, such as the name of a provider. */
  about?: string | undefined
}

/**
 * Sends after the response: not even the writing is begun before, or the time of an answer would tell who gets a letter.
 * What goes wrong is logged by the delivery port and changes no answer.
 */
export function sendLetter(deps: Deps, to: { address: string; channel: 'mail' | 'sms' }, letter: Letter): void {
  const answered = new Promise((resolve) => setTimeout(resolve))
  deps.defer(answered.then(() => deps.deliver(write(to, letter))))
}

function write(to: { address: string; channel: 'mail' | 'sms' }, letter: Letter): Message {
  const brand = letter.tenant?.branding.name ?? 'Gatehouse'
  const locale = chooseLocale(letter.locale, letter.tenant?.locale)
  const { subject, paragraphs, button } = TEXTS[locale][letter.kind]({ brand, code: letter.code, about: letter.about })
  const mail = [...paragraphs, ...(letter.link ? [letter.link] : []), brand].join('\n\n')
  const { link } = letter
  const color = letter.tenant?.branding.color
  return {
    to: to.address,
    channel: to.channel,
    subject,
    text: to.channel === 'sms' ? `${brand}: ${paragraphs[0]}` : mail,
    ...(to.channel === 'mail' && { html: renderHtml({ locale, subject, paragraphs, brand, color, link, button }) }),
    ...(link && { links: [link] }),
    ...(letter.code && { code: letter.code }),
  }
}

/** Where a person can be reached: by mail if there is an address, else by SMS, which the mail binding does not send. */
export function addressOf({ config }: Pick<Ports, 'config'>, { email, phone }: Pick<User, 'email' | 'phone'>) {
  if (email) return { address: email, channel: 'mail' as const }
  return phone && config.DELIVERY !== 'binding' ? { address: phone, channel: 'sms' as const } : undefined
}
