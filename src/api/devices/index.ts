/** The devices family: applications sign their requests; phones register by a link and log in with their own key. */
import { createFamily, createRouter } from '../../http/router.ts'
import { deviceLogin } from './device-login.ts'
import { listOperations, operations } from './operations.ts'
import { registration } from './registration.ts'
import { renderError, renderOperationError } from './wire.ts'

export const devices = createRouter()

/** The original's documentation spells each operation with and without the prefix. */
for (const prefix of ['/management', '']) {
  for (const [name, router] of Object.entries(operations))
    devices.route(`${prefix}/${name}`, createFamily(renderOperationError, [router]))
  for (const [name, router] of Object.entries(listOperations))
    devices.route(`${prefix}/${name}`, createFamily(renderOperationError, [], [router]))
}

devices.route('/management', createFamily(renderOperationError, []))
devices.route('/devices', createFamily(renderError, [deviceLogin]))
devices.route('/register-device', createFamily(renderError, [registration]))
