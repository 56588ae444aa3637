/** A closed loop: so many workers, each of which asks again as soon as it is answered. */

export interface Scenario {
  route: string
  /** Answers false when it has nothing more to ask for; then the measurement ends early. */
  ask(worker: number): Promise<boolean>
}

export interface Load {
  requestsPerSecond: number
  p50Ms: number
  p95Ms: number
  /** CPU milliseconds a request, of the process that runs the service. */
  cpuMs: number | undefined
}

export const WORKERS = 8

export async function measure({ ask }: Scenario, seconds: number, cpuSeconds: () => number | undefined): Promise<Load> {
  const latencies: number[] = []
  const cpuBefore = cpuSeconds()
  const start = performance.now()
  const work = async (worker: number) => {
    for (let at = performance.now(); at - start < seconds * 1000; ) {
      if (!(await ask(worker))) return
      const now = performance.now()
      latencies.push(now - at)
      at = now
    }
  }
  await Promise.all(Array.from({ length: WORKERS }, (_, worker) => work(worker)))
  const elapsedSeconds = (performance.now() - start) / 1000
  const cpuAfter = cpuSeconds()

  const sorted = latencies.sort((a, b) => a - b)
  const quantile = (q: number) => sorted[Math.floor(sorted.length * q)] ?? Number.NaN
  const cpu = cpuBefore !== undefined && cpuAfter !== undefined ? cpuAfter - cpuBefore : undefined
  return {
    requestsPerSecond: sorted.length / elapsedSeconds,
    p50Ms: quantile(0.5),
    p95Ms: quantile(0.95),
    cpuMs: cpu === undefined ? undefined : (cpu * 1000) / sorted.length,
  }
}
