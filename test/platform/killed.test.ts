/** workerd, with D1 and KV on disk. */

import { startKillableWorkerd } from '../support/killable-workerd.ts'
import { describeKilled } from '../support/killed.ts'

describeKilled('workerd', startKillableWorkerd)
