/** Results for people. */
import type { Measurement } from './scenarios.ts'

export interface Result extends Measurement {
  runtime: string
  users: number
}

const HEADINGS = ['runtime', 'users', 'route', 'requests/s', 'p50 ms', 'p95 ms', 'CPU ms']
const ROUTES = { login: '/auth/login', token: '/auth/token', refresh: '/auth/token-refresh', me: '/auth/me' }

export function toTable(results: Result[]): string {
  const rows = results.map(({ runtime, users, scenario, requestsPerSecond, p50Ms, p95Ms, cpuMs }) => [
    runtime,
    users.toLocaleString('en'),
    ROUTES[scenario],
    requestsPerSecond.toFixed(0),
    p50Ms.toFixed(1),
    p95Ms.toFixed(1),
    cpuMs?.toFixed(2) ?? 'unknown',
  ])
  const widths = HEADINGS.map((heading, n) => Math.max(heading.length, ...rows.map((row) => row[n]?.length ?? 0)))
  const line = (cells: string[]) =>
    cells
      .map((cell, n) => (isText(n) ? cell.padEnd(widths[n] ?? 0) : cell.padStart(widths[n] ?? 0)))
      .join('  ')
      .trimEnd()
  return [HEADINGS, ...rows].map(line).join('\n')
}

/** Words stand to the left, numbers to the right. */
const isText = (column: number) => column === 0 || column === 2
