/** What a service has counted, from the lines of its log. */
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type { App } from './ask.ts'
import type { World } from './world.ts'

export const metricsOf = (app: App): Record<string, string>[] =>
  app
    .log()
    .filter((line) => line.includes('"event":"metric"'))
    .map((line) => JSON.parse(line))

/** What was counted for the tenant is this, as `metric result method`; once there is as much as that. */
export async function assertCounted(app: App, { tenant }: Pick<World, 'tenant'>, expected: string[]): Promise<void> {
  let found: string[] = []
  for (let tries = 0; tries < 50; tries++) {
    found = metricsOf(app)
      .filter(({ tenantId }) => tenantId === tenant.id)
      .map(({ metric, result, method }) => `${metric} ${result} ${method}`.trim())
    if (found.length >= expected.length) break
    await sleep(100)
  }
  assert.deepEqual(found.sort(), expected.sort())
}
