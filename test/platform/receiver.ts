/** A delivery service on a real socket: keeps what it gets and answers as it is told. */
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

export interface Received {
  method: string | undefined
  path: string | undefined
  headers: IncomingHttpHeaders
  body: string
}

export type Reply = (response: ServerResponse) => void

export const reply =
  (status: number, body = '{}', headers: Record<string, string> = {}): Reply =>
  (response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body)

/** Takes the request and never answers. */
export const silence: Reply = () => {}

/** Breaks the connection off. */
export const hangUp: Reply = (response) => response.destroy()

/** Answers as long as somebody reads. */
export const flood =
  (status: number): Reply =>
  (response) => {
    const chunk = 'x'.repeat(64 * 1024)
    const pour = () => {
      while (!response.destroyed && response.write(chunk));
      response.once('drain', pour)
    }
    response.writeHead(status, { 'content-type': 'application/json' })
    pour()
  }

/** Answers the requests in the given order, and the last reply to all that follow. */
export async function startReceiver() {
  const received: Received[] = []
  let replies: Reply[] = [reply(200)]
  const server = createServer(async (request, response) => {
    const { method, url: path, headers } = request
    received.push({ method, path, headers, body: await text(request) })
    const next = replies.length > 1 ? replies.shift() : replies[0]
    next?.(response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    /** Forgets what came before. */
    willReply(...next: Reply[]) {
      replies = next
      received.length = 0
    },
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
