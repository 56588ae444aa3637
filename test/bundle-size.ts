/** Prints what of the Worker travels compressed, and fails when that is too much. */
import { bundleSizes } from './support/bundle.ts'

const MOST_KIB = 500

const sizes = bundleSizes()
for (const { path, kib } of sizes) report(path, kib)
const total = sizes.reduce((sum, { kib }) => sum + kib, 0)
report(`in all, of at most ${MOST_KIB} KiB`, total)
if (total > MOST_KIB || total === 0) process.exitCode = 1

function report(what: string, kib: number): void {
  process.stdout.write(`${kib.toFixed(1).padStart(8)} KiB gzipped: ${what}\n`)
}
