/** A Chromium to drive: the one that is there, else Debian's. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

const given = process.env['CHROMIUM']
const find = () => (given ? [given] : PLACES).find((path) => existsSync(path))

/** Undefined where there is none and none can be installed. */
export const CHROMIUM = find() ?? install()

function install(): string | undefined {
  if (given || process.getuid?.() !== 0) return undefined
  for (const command of ['install', 'update', 'install']) {
    const { status } = spawnSync('apt-get', [command, ...(command === 'install' ? ['chromium'] : []), '-qq', '-y'], {
      stdio: 'ignore',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    })
    if (command === 'install' && status === 0) break
  }
  return find()
}
