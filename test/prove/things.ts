/** Everything that works once. */
import { CREDENTIALS } from './credentials.ts'
import { DEVICES } from './devices.ts'
import { FEDERATION } from './federation.ts'
import type { Thing } from './race.ts'
import { SESSIONS } from './sessions.ts'

export const THINGS: Thing[] = [...SESSIONS, ...CREDENTIALS, ...FEDERATION, ...DEVICES]
