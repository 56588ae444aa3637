/** The account family: log in with an API key, see and change one's own account. Mounted before the admin family. */
import { createFamily } from '../../http/router.ts'
import { session } from './session.ts'
import { user } from './user.ts'
import { renderError } from './wire.ts'

export const account = createFamily(renderError, [session, user])
