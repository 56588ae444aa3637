/** A whole service in a test: the real router over real SQL, asked through the front door. */
import { after } from 'node:test'
import { type App, askThrough as ask } from './ask.ts'
import { type Service, STORE } from './service.ts'

export { type Answer, type App, freshAddress, type Message, type Sent } from './ask.ts'

/** Options for a test that needs more of time than ageing rows can do. */
export const LIBSQL_ONLY = { skip: STORE === 'libsql' ? false : 'the clock of workerd cannot be moved' }

export const WORKERD_ONLY = { skip: STORE === 'workerd' ? false : 'it is about Workers' }

/** Every service that this process has started. */
export const startedServices = new Set<Service>()
after(() => Promise.all([...startedServices].map((service) => service.stop())))

/** With variables of its own, a service of its own; else on workerd one and the same for all. */
export async function startApp(variables?: Record<string, string>): Promise<App> {
  return askThrough(await start(variables))
}

/** A service that stops when all tests are done. */
export function askThrough(service: Service): App {
  startedServices.add(service)
  return ask(service)
}

/** Imported only when needed: wrangler alone takes seconds to load. */
async function start(variables?: Record<string, string>): Promise<Service> {
  if (STORE === 'workerd') return (await import('./workerd.ts')).startOnWorkerd(variables)
  return (await import('./libsql.ts')).startOnLibsql(variables)
}
