/** The service on a port of this machine, and a browser that watches what its pages do. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { type BrowserContextOptions, chromium } from 'playwright-core'
import { startOnLibsql } from '../support/libsql.ts'
import type { Service } from '../support/service.ts'
import { CHROMIUM } from './chromium.ts'

const QUIET = '--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking'

type StartService = (variables: Record<string, string>) => Promise<Service>

/** `start` decides which store the service stands on. */
export async function startSite(start: StartService = startOnLibsql) {
  const site = Promise.withResolvers<Service>()
  const server = createServer(async (request, response) => {
    const { method = 'GET', url = '/', headers } = request
    const body = method === 'GET' ? undefined : await buffer(request)
    const asked = { method, headers, body } as RequestInit
    const answer = await (await site.promise).fetch(url, asked, '127.0.0.1')
    response.writeHead(answer.status, [...answer.headers].flat())
    response.end(Buffer.from(await answer.arrayBuffer()))
  })
  server.listen(0, 'localhost')
  await once(server, 'listening')
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`
  const service = await start({ PUBLIC_ORIGIN: origin })
  site.resolve(service)
  const close = () => {
    server.closeAllConnections()
    server.close()
  }
  return { origin, service, close }
}

export const startBrowser = () => chromium.launch({ executablePath: CHROMIUM, args: QUIET.split(' ') })
type Browser = Awaited<ReturnType<typeof startBrowser>>

/** `problems` collects what the console complains of, such as a breach of the policy, and every request to elsewhere. */
export async function openPage(browser: Browser, origin: string, options: BrowserContextOptions) {
  const context = await browser.newContext({ baseURL: origin, ...options })
  const page = await context.newPage()
  page.setDefaultTimeout(60_000)
  const problems: string[] = []
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) problems.push(message.text())
  })
  page.on('pageerror', (error) => problems.push(String(error)))
  page.on('request', (request) => {
    if (!request.url().startsWith(`${origin}/`) && !request.url().startsWith('data:')) problems.push(request.url())
  })
  return { page, problems }
}
