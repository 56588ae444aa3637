/** @jsxImportSource hono/jsx */
/** What the pages of the hosted login share: whose login it is, in which language, and what an error becomes. */
import type { Context } from 'hono'
import { getCookie } from 'hono/cookie'
import type { Child } from 'hono/jsx'
import { AppError } from '../core/errors.ts'
import { type LoginFlow, readLoginFlow } from '../core/gateway/login-flow.ts'
import type { AppEnv } from '../http/router.ts'
import { renderHosted, renderNotice } from './hosted.tsx'
import type { Script } from './scripts.ts'
import { chooseWords, type Words } from './words.ts'

export interface Frame {
  c: Context<AppEnv>
  flow: LoginFlow
  lang: string
  words: Words
}

/** Runs `work` for the login that this browser has started; without one the page says that it has ended. */
export async function withFlow(c: Context<AppEnv>, id: string, work: (frame: Frame) => Response | Promise<Response>) {
  const acceptLanguage = c.req.header('accept-language')
  try {
    const secret = /^[\w-]{1,64}$/.test(id) ? getCookie(c, `gw-${id}`, 'host') : undefined
    const flow = await readLoginFlow(c.var.deps, id, secret ?? '')
    const { lang, words } = chooseWords({ acceptLanguage, tenant: flow.tenant.locale })
    return await work({ c, flow, lang, words })
  } catch (error) {
    if (!(error instanceof AppError) || (error.code !== 'login_ended' && error.code !== 'not_found')) throw error
    const { lang, words } = chooseWords({ acceptLanguage })
    c.status(410)
    return renderNotice(c, { title: words.flowEndedTitle, lang, brand: null }, words.flowEnded)
  }
}

/** What to say about an error in the form; one that is not about the form is thrown on. */
export function problemOf(error: unknown, words: Words): string {
  if (!(error instanceof AppError)) throw error
  if (error.code === 'too_many_attempts') return words.tooMany
  if (error.code === 'otp_invalid' || error.code === 'otp_expired') return words.codeInvalid
  if (error.code === 'credentials_invalid' || error.code === 'login_denied') return words.loginInvalid
  if (error.code === 'forbidden') return words.refused
  if (error.code === 'second_factor_due') return words.codeAlone
  throw error
}

export function renderStep({ c, flow, lang }: Frame, title: string, content: Child, scripts: readonly Script[] = []) {
  const formOrigins = [new URL(flow.callback).origin]
  return renderHosted(c, { title, lang, brand: flow.tenant.branding, formOrigins, scripts }, content)
}

export const renderSaid = ({ c, flow, lang }: Frame, title: string, sentence: string) =>
  renderNotice(c, { title, lang, brand: flow.tenant.branding }, sentence)
