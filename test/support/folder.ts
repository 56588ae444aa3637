/** Where this process keeps files; gone when it ends. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))

let databases = 0

/** The URL of a database that is not there yet. */
export const freshDatabase = () => `file:${join(folder, `${databases++}.db`)}`
