/** @jsxImportSource hono/jsx */
/** The page of a registration link: it makes a passkey, or shows the phone the way here. Reading it spends nothing. */
import * as z from 'zod'
import { findRegistration } from '../core/devices/registration.ts'
import { qrDataUrl } from '../core/qr.ts'
import { operation } from '../http/operation.ts'
import { createRouter } from '../http/router.ts'
import { needed, validate } from '../http/validate.ts'
import { Field, renderHosted, renderNotice } from './hosted.tsx'
import { chooseWords, type Words } from './words.ts'

export const registerDevice = createRouter().get(
  '/register-device',
  operation({ summary: 'The page of a registration link', door: 'open', tag: 'devices', answers: { 200: 'A page' } }),
  validate('query', z.object({ token: needed(z.string().default('')), ui_locales: z.string().optional() })),
  async (c) => {
    const { token, ui_locales: uiLocales } = c.req.valid('query')
    const registration = await findRegistration(c.var.deps, token)
    const acceptLanguage = c.req.header('accept-language')
    const { lang, words } = chooseWords({ uiLocales, acceptLanguage, tenant: registration?.tenant?.locale })
    if (!registration) {
      c.status(410)
      return renderNotice(c, { title: words.linkEndedTitle, lang, brand: null }, words.linkEnded)
    }
    const url = `${c.var.deps.config.PUBLIC_ORIGIN}/register-device?token=${token}`
    const scripts = ['simplewebauthn.js', 'register-device.js'] as const
    const page = { title: words.deviceTitle, lang, brand: registration.tenant?.branding ?? null, scripts }
    return renderHosted(c, page, <Register {...registration} words={words} qrCode={qrDataUrl(url)} />)
  },
)

interface Registration {
  displayName: string | null
  options: object
  words: Words
  qrCode: string
}

function Register({ displayName, options, words, qrCode }: Registration) {
  return (
    <>
      <p class="muted">{words.deviceIntro(displayName)}</p>
      <section class="card">
        <States words={words} />
        <form data-options={JSON.stringify(options)} hidden>
          <Field
            name="name"
            label={words.deviceName}
            value={words.deviceNameExample}
            autocomplete="off"
            maxlength={100}
            required
          />
          <button type="submit">{words.deviceSubmit}</button>
        </form>
        <noscript>
          <p>{words.deviceScript}</p>
        </noscript>
      </section>
      <section class="card wide-only">
        <h2>{words.deviceScanTitle}</h2>
        <p>{words.deviceScan}</p>
        <img class="qr" src={qrCode} alt={words.deviceScanAlt} width="240" height="240" />
      </section>
    </>
  )
}

/** One of them is shown at a time; the script chooses. */
function States({ words }: { words: Words }) {
  const states = {
    ready: words.deviceReady,
    working: words.deviceWorking,
    cancelled: words.deviceCancelled,
    failed: words.deviceFailed,
    unsupported: words.deviceUnsupported,
    taken: words.deviceTaken,
    ended: words.linkEnded,
    done: words.deviceDone,
  }
  return (
    <div role="status">
      {Object.entries(states).map(([state, sentence]) => (
        <p data-state={state} hidden={state !== 'ready'}>
          {sentence}
        </p>
      ))}
    </div>
  )
}
