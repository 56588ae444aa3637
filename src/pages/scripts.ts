/** The scripts of the pages: files of ours, so that no page needs an inline one. */
import { AppError } from '../core/errors.ts'
import { operation } from '../http/operation.ts'
import { createRouter } from '../http/router.ts'

const SCRIPTS = ['simplewebauthn.js', 'register-device.js', 'login-passkey.js', 'enrol-passkey.js'] as const
export type Script = (typeof SCRIPTS)[number]

export const scriptUrl = (name: Script) => `/scripts/${name}`

export const scripts = createRouter().get(
  '/scripts/:file',
  operation({ summary: 'A script of a page', door: 'open', tag: 'service', answers: { 200: 'A script' } }),
  async (c) => {
    const name = SCRIPTS.find((script) => script === c.req.param('file'))
    if (!name) throw new AppError('not_found')
    const { body } = await c.var.deps.asset(name)
    const headers = { 'Content-Type': 'text/javascript; charset=utf-8', 'Cache-Control': 'public, max-age=3600' }
    return new Response(body, { headers })
  },
)
