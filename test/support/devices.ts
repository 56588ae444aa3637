/** What the tests of the devices family do as an application. */
import type { App } from './ask.ts'
import { type Application, ask } from './signatures.ts'

interface Added {
  status: boolean
  users: { created: string[]; existing: string[] }
  reason?: string
}

/** Asks the family for one application. */
export function manager(app: App, application: Application) {
  const { id, clientId } = application
  const ofUser = (operation: string, user: string) => `/management/${operation}/${clientId}/${encodeURIComponent(user)}`
  const post = <Body>(operation: string, body: unknown) =>
    ask<Body>(app, application, 'POST', `/management/${operation}/${clientId}`, body)
  const link = (operation: string) => async (user: string) => {
    const { body } = await ask<{ register_url: string }>(app, application, 'GET', ofUser(operation, user))
    return pathOf(body.register_url)
  }
  return {
    ...application,
    post,
    add: (users: unknown) => post<Added>('add_users', { users }),
    remove: (users: unknown) => post<{ status: boolean; reason?: string }>('delete_users', { users }),
    hasDevice: (user: string) => ask(app, application, 'GET', ofUser('has_registered_mobile_device', user)),
    /** The path and query of a new registration link. */
    link: link('device_registration_link'),
    lost: link('lost_user_mobile_device'),
    /** The core users behind the names, in the order of these. */
    coreUsers: (users: string[]) =>
      app.rows(
        `select users.* from users join application_users on user_id = users.id
          where client_id = ?1 and external_id in (select value from json_each(?2)) order by external_id`,
        id,
        JSON.stringify(users),
      ),
  }
}

export type Manager = ReturnType<typeof manager>

export const pathOf = (url: string) => url.slice(new URL(url).origin.length)
