/** The Worker as a deployment would bundle it. */
import { execFileSync } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

/** Each module, gzipped. */
export function bundleSizes(): { path: string; kib: number }[] {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bundle-'))
  try {
    execFileSync('wrangler', ['deploy', '--dry-run', '--outdir', folder], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, WRANGLER_SEND_METRICS: 'false', WRANGLER_HIDE_BANNER: 'true', CI: '1' },
    })
    return globSync('**/*.{js,mjs,wasm,bin,txt}', { cwd: folder }).map((path) => ({
      path,
      kib: gzipSync(readFileSync(join(folder, path))).length / 1024,
    }))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
