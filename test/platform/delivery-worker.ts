/** The delivery port inside workerd: delivers what it is asked to and answers what was logged. */
import type { SendEmail } from '@cloudflare/workers-types'
import { createDelivery } from '../../src/platform/delivery.ts'
import type { Errand } from './messages.ts'

export default {
  async fetch(request: Request, { EMAIL }: { EMAIL: SendEmail }): Promise<Response> {
    const { config, message, patience } = (await request.json()) as Errand
    const logged: unknown[] = []
    const outside = {
      config,
      db: undefined as never,
      fetch: (...outgoing: Parameters<typeof fetch>) => fetch(...outgoing),
      now: () => new Date(),
      count: () => undefined,
      log: (...line: unknown[]) => logged.push(line),
    }
    await createDelivery(outside, EMAIL, patience)(message)
    return Response.json(logged)
  },
}
