/** Two processes on Deno over one file of libSQL. */
import { describeKilled } from '../support/killed.ts'
import { startProcesses } from '../support/processes.ts'

describeKilled('processes', () => startProcesses(2))
