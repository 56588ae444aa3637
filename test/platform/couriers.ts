/** The delivery port on each runtime, as something that takes an errand and tells what was logged. */
import { fileURLToPath } from 'node:url'
import { createTestHarness } from 'wrangler'
import { type Config, parseConfig } from '../../src/config.ts'
import type { Message } from '../../src/deps.ts'
import { createDelivery } from '../../src/platform/delivery.ts'
import { SECRETS, VARIABLES } from '../support/variables.ts'

export interface Errand {
  config: Config
  message: Message
  patience: { timeoutMs: number; pausesMs: number[] }
}

export interface Courier {
  run(errand: Errand): Promise<unknown[]>
  close(): Promise<void>
}

export const configured = (variables: Record<string, string>) => parseConfig({ ...VARIABLES, ...SECRETS, ...variables })

export async function courierOnNode(): Promise<Courier> {
  return {
    async run({ config, message, patience }) {
      const logged: unknown[] = []
      const log = (...line: unknown[]) => logged.push(line)
      const outside = { config, db: undefined as never, fetch, now: () => new Date(), log }
      await createDelivery(outside, undefined, patience)(message)
      return logged
    },
    close: async () => {},
  }
}

export async function courierOnWorkerd(): Promise<Courier> {
  const harness = createTestHarness({
    root: fileURLToPath(new URL('../..', import.meta.url)),
    workers: [
      {
        config: {
          name: 'delivery',
          main: 'test/platform/delivery-worker.ts',
          compatibility_date: '2026-10-20',
          send_email: [{ name: 'EMAIL' }],
        },
      },
    ],
  })
  await harness.listen()
  return {
    async run(errand) {
      const response = await harness.fetch('/', { method: 'POST', body: JSON.stringify(errand) })
      return (await response.json()) as unknown[]
    },
    close: () => harness.close(),
  }
}
