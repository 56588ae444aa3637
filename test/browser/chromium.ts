/** A Chromium to drive: the one that is there, else Debian's, installed here. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const MOST_MS = 5 * 60_000

const given = process.env['CHROMIUM']
const find = () => (given ? [given] : PLACES).find((path) => existsSync(path))

export const CHROMIUM = find() ?? install()

/** Test files run side by side, so each waits for the other's lock. */
function install(): string {
  const privileged = process.getuid?.() === 0 ? [] : ['sudo', '--non-interactive']
  const apt = (...command: string[]) => {
    const [program = '', ...rest] = [...privileged, 'apt-get', '-qq', '-y', '-o', 'DPkg::Lock::Timeout=300', ...command]
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    return spawnSync(program, rest, { stdio: 'ignore', timeout: MOST_MS, env }).status === 0
  }
  if (!given && !apt('install', 'chromium') && apt('update')) apt('install', 'chromium')
  const found = find()
  if (!found)
    throw new Error(
      'The browser tests need Chromium, and it could not be installed: install it, or name it in CHROMIUM.',
    )
  return found
}
