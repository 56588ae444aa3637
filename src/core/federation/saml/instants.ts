/** The times in SAML documents (XML Schema dateTime in UTC, saml-core section 1.3.3), and how far clocks may differ. */
import { refuse } from './refuse.ts'
import { attribute, type XmlElement } from './xml.ts'

export const SKEW_MS = 60_000

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/

export function readInstant(text: string): Date {
  const instant = new Date(INSTANT.test(text) ? text : Number.NaN)
  return Number.isNaN(instant.getTime()) ? refuse('not a time') : instant
}

/** The first moment too late, skew included. */
export const isPast = (end: string, now: Date) => now.getTime() >= readInstant(end).getTime() + SKEW_MS

/** Checks NotBefore and NotOnOrAfter where the element has them. */
export function requireWithin(element: XmlElement, now: Date): void {
  const start = attribute(element, 'NotBefore')
  const end = attribute(element, 'NotOnOrAfter')
  if (start !== undefined && now.getTime() < readInstant(start).getTime() - SKEW_MS) refuse('not valid yet')
  if (end !== undefined && isPast(end, now)) refuse('expired')
}
