/** The Deno entry with no more rights than it needs. */
import { realpathSync } from 'node:fs'
import { VARIABLE_NAMES } from '../config.ts'
import type { Program } from './process-group.ts'

const rights = () => [
  /** To be reached, and to reach identity providers, delivery and a remote libSQL, which configuration names. */
  '--allow-net',
  `--allow-env=PORT,${VARIABLE_NAMES},LIBSQL_JS_DEV`,
  `--allow-read=assets,drizzle,.data,${realpathSync('node_modules')}`,
  '--allow-write=.data',
  /** libSQL's native code, and how it finds the file that fits the machine. */
  `--allow-ffi=${realpathSync('node_modules/@libsql')}`,
  '--allow-sys=cpus,hostname,networkInterfaces',
]

export function denoServe(variables: NodeJS.ProcessEnv): Program {
  return {
    command: 'node_modules/.bin/deno',
    args: ['run', '--no-prompt', ...rights(), 'src/deno.ts'],
    env: { ...variables, DENO_NO_UPDATE_CHECK: '1', NO_COLOR: '1' },
  }
}
