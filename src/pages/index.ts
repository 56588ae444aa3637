/** The pages of people, which are a family too: their own words for errors, their own limit. */
import { handleError } from '../http/problem.ts'
import { createRouter, limitBody } from '../http/router.ts'
import { loginPage } from './login.tsx'
import { loginEnrol } from './login-enrol.tsx'
import { loginPasskey } from './login-passkey.tsx'
import { loginProvider } from './login-provider.tsx'
import { passkeysPage } from './passkeys.tsx'
import { renderForPeople } from './problem.tsx'
import { registerDevice } from './register-device.tsx'
import { resetPasswordPage } from './reset-password.tsx'
import { sessionsPage } from './sessions.tsx'
import { signUpPage } from './sign-up.tsx'

/** Below these are the forms. */
const FORMS = ['/login', '/passkeys', '/reset-password', '/sessions', '/sign-up']
const FORM_LIMIT_BYTES = 256 * 1024

export const pages = createRouter()
pages.onError(handleError(renderForPeople))
for (const path of FORMS) pages.use(`${path}/*`, limitBody(FORM_LIMIT_BYTES))

pages.route('/', loginPage)
pages.route('/', loginPasskey)
pages.route('/', loginProvider)
pages.route('/', loginEnrol)
pages.route('/', resetPasswordPage)
pages.route('/', signUpPage)
pages.route('/', passkeysPage)
pages.route('/', sessionsPage)
pages.route('/', registerDevice)
