/** What all commands share: they work in the project's folder, and when they fail they say why in words, without a stack. */
import { fileURLToPath } from 'node:url'

const PROJECT = fileURLToPath(new URL('../..', import.meta.url))

/** Ends the process. Whatever `work` throws is told by its message. */
export async function runCommand(work: () => Promise<void>): Promise<void> {
  process.chdir(PROJECT)
  try {
    await work()
  } catch (error) {
    complain(error instanceof Error ? error.message : String(error))
    process.exit(1)
  }
  process.exit(0)
}

export const say = (text: string) => void process.stdout.write(`${text}\n`)
export const complain = (text: string) => void process.stderr.write(`${text}\n`)
