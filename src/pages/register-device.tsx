/** @jsxImportSource hono/jsx */
/** The page of a registration link: it makes a passkey, or shows the phone the way here. Reading it spends nothing. */
import * as z from 'zod'
import { findRegistration } from '../core/devices/registration.ts'
import { qrDataUrl } from '../core/qr.ts'
import { operation } from '../http/operation.ts'
import { createRouter } from '../http/router.ts'
import { validate } from '../http/validate.ts'
import { renderPage } from './layout.tsx'

export const registerDevice = createRouter().get(
  '/register-device',
  operation({ summary: 'The page of a registration link', door: 'open', tag: 'devices', answers: { 200: 'A page' } }),
  validate('query', z.object({ token: z.string().default('') })),
  async (c) => {
    const { token } = c.req.valid('query')
    const registration = await findRegistration(c.var.deps, token)
    if (!registration) {
      c.status(410)
      return renderPage(c, { title: 'Link no longer valid' }, <Ended />)
    }
    const url = `${c.var.deps.config.PUBLIC_ORIGIN}/register-device?token=${token}`
    const page = { title: 'Register this device', scripts: ['simplewebauthn.js', 'register-device.js'] as const }
    return renderPage(c, page, <Register {...registration} qrCode={qrDataUrl(url)} />)
  },
)

interface Registration {
  displayName: string | null
  options: object
  qrCode: string
}

function Register({ displayName, options, qrCode }: Registration) {
  return (
    <>
      <h1>Register this device</h1>
      <p class="muted">
        {displayName ? (
          <>
            It will be able to log in as <strong>{displayName}</strong>.
          </>
        ) : (
          'It will be able to log you in.'
        )}
      </p>
      <section class="card">
        <div role="status">
          <p data-state="ready">You confirm with your fingerprint, your face or the code that unlocks this device.</p>
          <p data-state="working" hidden>
            Follow the instructions of your device…
          </p>
          <p data-state="cancelled" hidden>
            That was cancelled or took too long. You can try again.
          </p>
          <p data-state="failed" hidden>
            That did not work. Please load this page again.
          </p>
          <p data-state="unsupported" hidden>
            This browser knows no passkeys. Open the link on your phone, or in another browser.
          </p>
          <p data-state="taken" hidden>
            You have a registered device already. Report it as lost first.
          </p>
          <p data-state="ended" hidden>
            This link is no longer valid. Ask for a new one.
          </p>
          <p data-state="done" hidden>
            <strong>This device is registered.</strong> You can close this page.
          </p>
        </div>
        <form data-options={JSON.stringify(options)} hidden>
          <label for="name">Name of this device</label>
          <div class="row">
            <div class="grow">
              <input id="name" name="name" value="My phone" maxlength={100} required autocomplete="off" />
            </div>
            <button type="submit">Register</button>
          </div>
        </form>
        <noscript>
          <p>A passkey can only be made with JavaScript. Please switch it on and load this page again.</p>
        </noscript>
      </section>
      <section class="card wide-only">
        <h2>Your phone instead?</h2>
        <p>Scan this with its camera.</p>
        <img class="qr" src={qrCode} alt="QR code of this page's address" width="240" height="240" />
      </section>
    </>
  )
}

function Ended() {
  return (
    <>
      <h1>This link is no longer valid</h1>
      <p class="card">It was used, replaced by a newer one, or is older than a day. Ask for a new one.</p>
    </>
  )
}
