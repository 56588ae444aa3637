/** A service behind the gateway, as its owner would write it: it knows nobody, asks the gateway, and sends strangers to it. */
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

export type SampleService = Awaited<ReturnType<typeof startSampleService>>

/** On another port of the gateway's host, so that the gateway's cookie comes along. */
export async function startSampleService(gateway: string) {
  /** The organisation whose people it serves; set once there is one. */
  const served = { org: '' }
  const server = createServer(async (request, response) => {
    const units = await unitsOf(request)
    if (request.url === '/standing') {
      response.writeHead(units ? 204 : 401).end()
      return
    }
    if (!units) {
      const query = new URLSearchParams({ org: served.org, callback: `${origin}/` })
      response.writeHead(302, { location: `${gateway}/imsg-service/v1/login?${query}` }).end()
      return
    }
    response.writeHead(200, { 'content-type': 'text/html', 'cache-control': 'no-store' }).end(page(units))
  })

  /** Undefined for whom the gateway does not know. */
  async function unitsOf({ headers }: IncomingMessage): Promise<string[] | undefined> {
    const ask = (path: string) =>
      fetch(`${gateway}/imsg-service/v1${path}`, { headers: { cookie: headers.cookie ?? '' } })
    if ((await ask('/token-is-set')).status === 401) return undefined
    const answer = await ask('/units')
    return answer.ok ? ((await answer.json()) as { units: string[] }).units : undefined
  }

  const page = (
    units: string[],
  ) => `<!doctype html><title>Service</title><h1>Welcome</h1><p>Units: ${units.join(', ')}</p>
    <form method="post" action="${gateway}/imsg-service/v1/logout?callback=${encodeURIComponent(`${origin}/`)}">
      <button>Log out</button>
    </form>
    <script>
      setInterval(async () => (await fetch('/standing')).status === 401 && location.reload(), 200)
    </script>`

  server.listen(0, 'localhost')
  await once(server, 'listening')
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`
  return {
    origin,
    served,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
