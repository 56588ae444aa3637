/** The Deno entry: the same app over libSQL. */
/// <reference lib="deno.ns" />
import { createApp } from './app.ts'
import { parseConfig } from './config.ts'
import { upkeep } from './upkeep.ts'
import { createDelivery } from './platform/delivery.ts'
import { libsqlPorts } from './platform/libsql.ts'
import { createLog } from './platform/logger.ts'

const HOUR_MS = 3_600_000
