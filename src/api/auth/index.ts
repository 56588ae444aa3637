/** The auth family: an authentication microservice that clients of the original use unchanged. Mounted last. */
import { createFamily } from '../../http/router.ts'
import { federated } from './federated.ts'
import { identities } from './identities.ts'
import { login } from './login.ts'
import { loginActivity } from './login-activity.ts'
import { logout } from './logout.ts'
import { otp } from './otp.ts'
import { passkeys } from './passkeys.ts'
import { password } from './password.ts'
import { saml, samlResponse } from './saml.ts'
import { signUp } from './sign-up.ts'
import { renderError } from './wire.ts'

export const auth = createFamily(
  renderError,
  [login, logout, otp, password, passkeys, signUp, federated, identities, saml, loginActivity],
  [samlResponse],
)
