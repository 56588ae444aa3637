/** The routes of the real app, each with the handlers that stand behind it. */
import { findTargetHandler } from 'hono/utils/handler'
import { createApp } from '../../src/app.ts'
import { DOOR, type Door } from '../../src/http/operation.ts'
import { startOnLibsql } from './libsql.ts'

export interface Route {
  /** As the tables of the tests name it: `POST /auth/login`. */
  name: string
  method: string
  path: string
  /** What its handlers declare; exactly one of them should. */
  doors: Door[]
}

/** Middleware and the catch-alls of the families are no routes. */
export async function listRoutes(): Promise<Route[]> {
  const { ports } = await startOnLibsql()
  const byName = new Map<string, Route>()
  for (const { method, path, handler } of createApp(ports).routes) {
    if (method === 'ALL' && path.endsWith('*')) continue
    const name = `${method} ${path}`
    const route = byName.get(name) ?? { name, method, path, doors: [] }
    const target = findTargetHandler(handler as never) as { [DOOR]?: Door }
    if (target[DOOR]) route.doors.push(target[DOOR])
    byName.set(name, route)
  }
  return [...byName.values()]
}
