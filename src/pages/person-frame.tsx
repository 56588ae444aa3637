/** @jsxImportSource hono/jsx */
/** The frame of the pages about oneself: whose they are, in which language, and the way from one to the other. */
import type { Context } from 'hono'
import { AppError } from '../core/errors.ts'
import { getPerson } from '../core/gateway/person.ts'
import type { AppEnv } from '../http/router.ts'
import { readSessionCookie } from '../http/session-cookie.ts'
import { renderNotice } from './hosted.tsx'
import { chooseWords, type Words } from './words.ts'

export interface PersonFrame {
  c: Context<AppEnv>
  person: Awaited<ReturnType<typeof getPerson>>
  lang: string
  words: Words
}

/** Runs `work` for the person of the gateway's cookie; nobody else gets more than the advice to log in. */
export async function withPerson(
  c: Context<AppEnv>,
  work: (frame: PersonFrame) => Response | Promise<Response>,
): Promise<Response> {
  const acceptLanguage = c.req.header('accept-language')
  try {
    const person = await getPerson(c.var.deps, readSessionCookie(c))
    const { lang, words } = chooseWords({ person: person.locale, acceptLanguage, tenant: person.tenant.locale })
    return await work({ c, person, lang, words })
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'unauthenticated') throw error
    const { lang, words } = chooseWords({ acceptLanguage })
    c.status(401)
    return renderNotice(c, { title: words.signedOutTitle, lang, brand: null }, words.signedOut)
  }
}

export function PersonPages({ here, words }: { here: '/passkeys' | '/sessions'; words: Words }) {
  const pages = [
    ['/passkeys', words.passkeysTitle],
    ['/sessions', words.sessionsTitle],
  ]
  return (
    <nav class="pages" aria-label={words.ownPages}>
      {pages.map(([path, title]) => (
        <a href={path} aria-current={path === here ? 'page' : undefined}>
          {title}
        </a>
      ))}
    </nav>
  )
}
