/** Results for people. */
import { readFileSync, writeFileSync } from 'node:fs'
import type { Load } from './load.ts'
import type { Count } from './target-counted.ts'

export interface Result {
  route: string
  users: number
  /** By runtime. */
  loads: Record<string, Load>
  count?: Count
}

export interface Report {
  machine: string
  results: Result[]
  bundleKib: number
  startUpMs: number | undefined
}

const HEADINGS = ['users', 'route', 'on', 'requests/s', 'p50 ms', 'p95 ms', 'CPU ms', 'round trips', 'rows read']

/** Everything, for a terminal. */
export function toTable({ results }: Report): string {
  const rows = results.flatMap(({ users, route, loads, count }) =>
    Object.entries(loads).map(([runtime, { requestsPerSecond, p50Ms, p95Ms, cpuMs }]) => [
      users.toLocaleString('en'),
      route,
      runtime,
      requestsPerSecond.toFixed(0),
      p50Ms.toFixed(1),
      p95Ms.toFixed(1),
      cpuMs?.toFixed(2) ?? 'unknown',
      `${count?.trips ?? ''}`,
      `${count?.rowsRead ?? ''}`,
    ]),
  )
  const widths = HEADINGS.map((heading, n) => Math.max(heading.length, ...rows.map((row) => row[n]?.length ?? 0)))
  const line = (cells: string[]) =>
    cells
      .map((cell, n) => (n === 1 || n === 2 ? cell.padEnd(widths[n] ?? 0) : cell.padStart(widths[n] ?? 0)))
      .join('  ')
      .trimEnd()
  return [HEADINGS, ...rows].map(line).join('\n')
}

/** One line a route; a cell with an arrow goes from the fewest users to the most. */
export function toMarkdown({ machine, results, bundleKib, startUpMs }: Report): string {
  const sizes = [...new Set(results.map(({ users }) => users))]
  const runtimes = Object.keys(results[0]?.loads ?? {})
  const headings = [
    'route',
    'round trips',
    'cache reads',
    'rows read',
    'rows written',
    ...runtimes.map((runtime) => `CPU ms, ${runtime}`),
    ...runtimes.map((runtime) => `requests/s, ${runtime}`),
  ]
  const rows = [...new Set(results.map(({ route }) => route))].map((route) => {
    const same = results.filter((result) => result.route === route)
    const cell = (figure: (result: Result) => string | undefined) =>
      [...new Set(same.map((result) => figure(result) ?? ''))].join(' → ')
    return [
      `\`${route}\``,
      cell(({ count }) => count?.trips.toString()),
      cell(({ count }) => count?.cacheReads.toString()),
      cell(({ count }) => count?.rowsRead.toString()),
      cell(({ count }) => count?.rowsWritten.toString()),
      ...runtimes.map((runtime) => cell(({ loads }) => loads[runtime]?.cpuMs?.toFixed(1))),
      ...runtimes.map((runtime) => cell(({ loads }) => loads[runtime]?.requestsPerSecond.toFixed(0))),
    ]
  })
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`
  const table = [line(headings), line(headings.map((_, n) => (n === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n')
  const grows = `${sizes.map((users) => users.toLocaleString('en')).join(' → ')} users, each with a login in the activity`
  const start = startUpMs === undefined ? '' : `; a new isolate starts in ${startUpMs.toFixed(0)} ms of CPU`
  return `${table}\n\n${grows}. ${machine}; the load comes from the same machine.\nThe bundle has ${bundleKib.toFixed(0)} KiB gzipped${start}.`
}

const [BEGIN, END] = ['<!-- made by npm run bench -- --readme -->', '<!-- end -->']

export function writeReadme(report: Report): void {
  const text = readFileSync('README.md', 'utf8')
  const [before, after] = [text.indexOf(BEGIN), text.indexOf(END)]
  if (before < 0 || after < before) throw new Error('README.md has no place for the table.')
  writeFileSync('README.md', `${text.slice(0, before)}${BEGIN}\n${toMarkdown(report)}\n${text.slice(after)}`)
}
