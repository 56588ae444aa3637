/** The Deno entry with no more rights than it needs. */
import { VARIABLE_NAMES } from '../config.ts'
import type { Program } from './process-group.ts'

const RIGHTS = [
  /** To be reached, and to reach identity providers, delivery and a remote libSQL, which configuration names. */
  '--allow-net',
  `--allow-env=PORT,${VARIABLE_NAMES},LIBSQL_JS_DEV`,
  '--allow-read=drizzle,node_modules,.data',
  '--allow-write=.data',
  /** libSQL's native code, and how it finds the file that fits the machine. */
  '--allow-ffi=node_modules/@libsql',
  '--allow-sys=cpus,hostname,networkInterfaces',
]

export function denoServe(variables: NodeJS.ProcessEnv): Program {
  return {
    command: 'node_modules/.bin/deno',
    args: ['run', '--no-prompt', ...RIGHTS, 'src/deno.ts'],
    env: { ...variables, DENO_NO_UPDATE_CHECK: '1' },
  }
}
