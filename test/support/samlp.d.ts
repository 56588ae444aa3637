/** What the tests use of samlp, which has no types. */
declare module 'samlp' {
  import type { IncomingMessage, ServerResponse } from 'node:http'

  type Handler = (request: IncomingMessage, response: ServerResponse, next: (error: unknown) => void) => void
  const samlp: {
    auth(options: object): Handler
    sendError(options: object): Handler
    metadata(options: object): Handler
  }
  export default samlp
}
