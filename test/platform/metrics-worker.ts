/** The metrics port inside workerd, over a dataset: counts once and answers what was logged. */
import type { AnalyticsEngineDataset } from '@cloudflare/workers-types'
import { countInDataset } from '../../src/platform/metrics.ts'

export default {
  fetch(request: Request, { METRICS }: { METRICS: AnalyticsEngineDataset }): Response {
    const logged: unknown[] = []
    countInDataset(METRICS, (...line) => logged.push(line))(
      Object.fromEntries(new URL(request.url).searchParams) as never,
    )
    return Response.json({ logged, bound: typeof METRICS.writeDataPoint })
  },
}
