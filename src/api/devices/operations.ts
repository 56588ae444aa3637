/** The five operations of the original: an application manages its users and their devices. */
import type { Context } from 'hono'
import {
  addApplicationUsers,
  getApplicationUser,
  removeApplicationUsers,
} from '../../core/devices/application-users.ts'
import type { Application } from '../../core/devices/authenticate.ts'
import { createRegistrationLink, reportLostDevice } from '../../core/devices/links.ts'
import { operation } from '../../http/operation.ts'
import { type AppEnv, createRouter, limitBody } from '../../http/router.ts'
import { jsonBody, validate } from '../../http/validate.ts'
import { requireApplication } from './signature.ts'
import { DeviceRegistered, Done, LinkQuery, RegisterUrl, UserList, UsersAdded } from './wire.ts'

const door = 'hmac'
const tag = 'devices'

/** A thousand ids of 128 characters, were each of them written as two escapes of six bytes, with room to spare. */
const LIST_BYTES = 2 * 1024 * 1024

const addUsers = createRouter().post(
  '/:applicationId',
  operation({ summary: 'Add users to an application', door, tag, answers: { 201: UsersAdded } }),
  limitBody(LIST_BYTES),
  requireApplication,
  jsonBody(UserList),
  async (c) => {
    const users = await addApplicationUsers(c.var.deps, c.var.application, c.req.valid('json').users)
    return c.json({ status: true as const, users }, 201)
  },
)

const deleteUsers = createRouter().post(
  '/:applicationId',
  operation({ summary: 'Delete users of an application', door, tag, answers: { 200: Done } }),
  limitBody(LIST_BYTES),
  requireApplication,
  jsonBody(UserList),
  async (c) => {
    await removeApplicationUsers(c.var.deps, c.var.application, c.req.valid('json').users)
    return c.json({ status: true as const })
  },
)

const registrationLink = createRouter().get(
  '/:applicationId/:userId',
  operation({ summary: 'A link to register a device by', door, tag, answers: { 200: RegisterUrl } }),
  requireApplication,
  validate('query', LinkQuery),
  async (c) => {
    const link = { externalId: c.req.param('userId'), displayName: c.req.valid('query').display_name ?? null }
    const url = await createRegistrationLink(c.var.deps, c.var.application, link)
    return c.json({ register_url: url, status: true as const })
  },
)

const hasDevice = createRouter().get(
  '/:applicationId/:userId',
  operation({ summary: 'Whether a user has a device', door, tag, answers: { 200: DeviceRegistered } }),
  requireApplication,
  async (c) => {
    const { deviceId } = await getApplicationUser(c.var.deps, c.var.application, c.req.param('userId'))
    return c.json({ device_registered: deviceId !== null, status: true as const })
  },
)

const lost = {
  summary: 'Disable the device of a user, for a new link',
  door,
  tag,
  answers: { 200: RegisterUrl },
} as const

/** By GET too, as the original has it; a header that no browser sends by itself keeps links and prefetching from it. */
const lostDevice = createRouter()
  .post('/:applicationId/:userId', operation(lost), requireApplication, disableDevice)
  .get('/:applicationId/:userId', operation({ ...lost, deprecated: true }), requireApplication, disableDevice)

async function disableDevice(
  c: Context<AppEnv & { Variables: { application: Application } }, '/:applicationId/:userId'>,
) {
  const url = await reportLostDevice(c.var.deps, c.var.application, c.req.param('userId'))
  return c.json({ register_url: url, status: true as const })
}

/** These limit their bodies themselves. */
export const listOperations = { add_users: addUsers, delete_users: deleteUsers }

export const operations = {
  device_registration_link: registrationLink,
  has_registered_mobile_device: hasDevice,
  lost_user_mobile_device: lostDevice,
}
