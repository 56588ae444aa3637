/** Counting for statistics: data points of Analytics Engine where such a dataset is bound, else lines of the log. */
import type { AnalyticsEngineDataset } from '@cloudflare/workers-types'
import type { Log, Ports } from '../deps.ts'

export const countInLog =
  (log: Log): Ports['count'] =>
  ({ name, result, method = '', tenantId }) =>
    log('info', 'metric', { metric: name, result, method, tenantId: tenantId ?? '' })

/** The runtime writes them after the answer. A dataset that fails harms nothing. */
export function countInDataset(dataset: AnalyticsEngineDataset, log: Log): Ports['count'] {
  return ({ name, result, method = '', tenantId }) => {
    try {
      dataset.writeDataPoint({ indexes: [tenantId ?? ''], blobs: [name, result, method, tenantId ?? ''], doubles: [1] })
    } catch (cause) {
      log('warn', 'metric not written', { metric: name, cause })
    }
  }
}
