/** The Worker as a deployment would bundle it. */
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { runWrangler } from '../../src/commands/wrangler.ts'

/** The path of its folder, which is gone when this process ends. */
export async function bundle(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bundle-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  const { succeeded, output } = await runWrangler('deploy', '--dry-run', '--outdir', folder)
  if (!succeeded) throw new Error(output)
  return folder
}

/** Each module, gzipped. */
export async function bundleSizes(): Promise<{ path: string; kib: number }[]> {
  const folder = await bundle()
  return globSync('**/*.{js,mjs,wasm,bin,txt}', { cwd: folder }).map((path) => ({
    path,
    kib: gzipSync(readFileSync(join(folder, path))).length / 1024,
  }))
}
