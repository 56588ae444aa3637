/** The source files, and who imports whom. */
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

export interface Import {
  /** For a relative import the path from src/, else the package. */
  to: string
  relative: boolean
  typeOnly: boolean
}

export interface SourceFile {
  /** From the folder that was asked for. */
  path: string
  text: string
  lines: number
  imports: Import[]
}

export function readSources(folder: 'src' | 'test'): SourceFile[] {
  const cwd = join(ROOT, folder)
  return globSync('**/*.{ts,tsx}', { cwd, exclude: ['**/*.d.ts'] })
    .sort()
    .map((path) => {
      const text = readFileSync(join(cwd, path), 'utf8')
      return { path, text, lines: text.trimEnd().split('\n').length, imports: [...importsOf(text, path)] }
    })
}

function* importsOf(text: string, path: string): Iterable<Import> {
  const statements = /^(?:import|export)\b(?<type> type\b)?[^'"]*?(?:from )?'(?<from>[^']+)'/gm
  const calls = /\bimport\('(?<from>[^']+)'\)/g
  for (const { groups } of [...text.matchAll(statements), ...text.matchAll(calls)]) {
    const from = groups?.['from'] ?? ''
    const relative = from.startsWith('.')
    const to = relative ? normalize(join(dirname(path), from)) : from
    yield { to, relative, typeOnly: groups?.['type'] !== undefined }
  }
}

/** The files of each cycle of value imports; empty when there is none. */
export function findCycles(files: SourceFile[]): string[][] {
  const byPath = new Map(files.map((file) => [file.path, file]))
  const done = new Set<string>()
  const cycles: string[][] = []
  const visit = (path: string, trail: string[]): void => {
    const at = trail.indexOf(path)
    if (at >= 0) cycles.push(trail.slice(at))
    if (at >= 0 || done.has(path)) return
    for (const { to, relative, typeOnly } of byPath.get(path)?.imports ?? [])
      if (relative && !typeOnly) visit(to, [...trail, path])
    done.add(path)
  }
  for (const { path } of files) visit(path, [])
  return cycles
}
