/** Bundles the Worker as a deployment would, prints what of it travels compressed, and fails when that is too much. */
import { execFileSync } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

const MOST_KIB = 500

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bundle-'))
try {
  execFileSync('wrangler', ['deploy', '--dry-run', '--outdir', folder], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, WRANGLER_SEND_METRICS: 'false', WRANGLER_HIDE_BANNER: 'true', CI: '1' },
  })
  const modules = globSync('**/*.{js,mjs,wasm,bin,txt}', { cwd: folder })
  const sizes = modules.map((path) => gzipSync(readFileSync(join(folder, path))).length / 1024)
  for (const [index, path] of modules.entries()) report(path, sizes[index] ?? 0)
  const total = sizes.reduce((sum, size) => sum + size, 0)
  report(`in all, of at most ${MOST_KIB} KiB`, total)
  if (total > MOST_KIB || total === 0) process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function report(what: string, kib: number): void {
  process.stdout.write(`${kib.toFixed(1).padStart(8)} KiB gzipped: ${what}\n`)
}
