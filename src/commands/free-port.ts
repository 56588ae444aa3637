import { once } from 'node:events'
import { createServer } from 'node:net'

/** Throws a sentence when something on this machine listens there already. */
export async function requireFreePort(port: number): Promise<void> {
  for (const host of ['127.0.0.1', '::1']) {
    const server = createServer().listen(port, host)
    const taken = await once(server, 'listening').then(
      () => false,
      ({ code }: NodeJS.ErrnoException) => code === 'EADDRINUSE',
    )
    server.close()
    if (taken)
      throw new Error(`Port ${port} is taken: stop what listens there, or choose another one with PORT=${port + 1}.`)
  }
}
