/** `.dev.vars`: the configuration and the secrets of this machine. Made once, then only completed; never changed. */
import { randomBytes } from 'node:crypto'
import { appendFile, chmod, readFile } from 'node:fs/promises'
import { parseEnv } from 'node:util'

const FILE = '.dev.vars'
const HEADING = '# For development on this machine; made by `npm start`. Not for any other place.\n'

/** Where `wrangler dev` serves. In `.dev.vars` it stands for wherever `npm start` serves. */
const DEFAULT_PORT = 8787
const DEFAULT_ORIGIN = `http://localhost:${DEFAULT_PORT}`

/** What development needs. Also what [vars] of wrangler.toml would otherwise decide for it. */
const DEFAULTS = {
  PUBLIC_ORIGIN: () => DEFAULT_ORIGIN,
  DELIVERY: () => 'outbox',
  MASTER_KEY: random,
  ADMIN_API_KEY: random,
  DEMO_CLIENT_SECRET: random,
  DEMO_PASSWORD: random,
}

export type DevVars = Record<keyof typeof DEFAULTS, string> & Record<string, string | undefined>

/** Adds what is missing, in a file that only its owner can read. */
export async function completeDevVars(): Promise<DevVars> {
  const text = await readDevVars()
  const present = parseEnv(text)
  const missing = Object.entries(DEFAULTS).filter(([name]) => !present[name])
  const lines = missing.map(([name, make]) => `${name}=${make()}\n`)
  if (lines.length > 0) {
    const start = text === '' ? HEADING : text.endsWith('\n') ? '' : '\n'
    await appendFile(FILE, start + lines.join(''), { mode: 0o600 })
    await chmod(FILE, 0o600)
  }
  return { ...present, ...parseEnv(lines.join('')) } as DevVars
}

/** What is there; nothing is made. */
export const readDevVars = () =>
  readFile(FILE, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })

/** The origin of a service at `port`, unless `.dev.vars` says that it is reached elsewhere. */
export function originAt(port: number, vars: { PUBLIC_ORIGIN: string }): string {
  return vars.PUBLIC_ORIGIN === DEFAULT_ORIGIN ? localAddress(port) : vars.PUBLIC_ORIGIN
}

export const localAddress = (port: number) => `http://localhost:${port}`

/** PORT, or what `wrangler dev` takes. Throws a sentence when it is no port. */
export function chosenPort(): number {
  const { PORT = '' } = process.env
  if (PORT === '') return DEFAULT_PORT
  if (/^\d{1,5}$/.test(PORT) && Number(PORT) >= 1 && Number(PORT) <= 65_535) return Number(PORT)
  throw new Error(`PORT must be a number from 1 to 65535, not ${JSON.stringify(PORT)}.`)
}

function random(): string {
  return randomBytes(32).toString('base64url')
}
