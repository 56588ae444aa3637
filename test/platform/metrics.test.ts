/** Data points of Analytics Engine: what is in one, and that a dataset that fails harms nothing. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { AnalyticsEngineDataPoint, AnalyticsEngineDataset } from '@cloudflare/workers-types'
import type { Metric } from '../../src/deps.ts'
import { countInDataset } from '../../src/platform/metrics.ts'
import { harnessOf } from './harness.ts'

const LOGIN: Metric = { name: 'login', result: 'ok', method: 'password+otp', tenantId: 'a-tenant' }

/** Answers what was written and what was logged. */
function counted(metric: Metric, write?: AnalyticsEngineDataset['writeDataPoint']) {
  const points: (AnalyticsEngineDataPoint | undefined)[] = []
  const logged: unknown[] = []
  const writeDataPoint = write ?? ((point?: AnalyticsEngineDataPoint) => void points.push(point))
  countInDataset({ writeDataPoint }, (level, event) => logged.push([level, event]))(metric)
  return { points, logged }
}

describe('a data point', () => {
  test('is indexed by the tenant, and says what, how it went and by which method', () => {
    const point = { indexes: ['a-tenant'], blobs: ['login', 'ok', 'password+otp', 'a-tenant'], doubles: [1] }
    assert.deepEqual(counted(LOGIN), { points: [point], logged: [] })
  })

  test('has empty text for what there is not', () => {
    const point = { indexes: [''], blobs: ['throttled', 'too_many_attempts', '', ''], doubles: [1] }
    assert.deepEqual(counted({ name: 'throttled', result: 'too_many_attempts' }).points, [point])
  })

  test('that cannot be written is a line of the log and no more', () => {
    const refuse = () => {
      throw new TypeError('Maximum of 250 data points exceeded')
    }
    assert.deepEqual(counted(LOGIN, refuse).logged, [['warn', 'metric not written']])
  })
})

describe('on workerd', () => {
  const harness = harnessOf({
    name: 'metrics',
    main: 'test/platform/metrics-worker.ts',
    analytics_engine_datasets: [{ binding: 'METRICS', dataset: 'gatehouse' }],
  })
  before(() => harness.listen())
  after(() => harness.close())

  test('the dataset takes it', async () => {
    const response = await harness.fetch('/?name=login&result=ok&method=password&tenantId=a-tenant')
    assert.deepEqual(await response.json(), { logged: [], bound: 'function' })
  })
})
