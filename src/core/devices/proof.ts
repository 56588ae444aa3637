/** What both versions of request signing read, and what they prove. */
import type { Client } from '../../db/clients.ts'

export interface SignedRequest {
  method: string
  /** Our own public origin, never the request's Host. */
  origin: string
  /** Path and query, byte for byte as they were sent. */
  target: string
  header(name: string): string | undefined
  body(): Promise<Uint8Array>
}

/** Who may have signed, and with what: for an application that is not there a made-up secret, which takes as long. */
export interface Signer {
  client: Client | undefined
  secrets: string[]
}
export type FindSigner = (clientId: string) => Promise<Signer>

/** The signature holds. */
export interface Proof {
  client: Client | undefined
  nonce: string
  isTimely(now: Date): boolean
}

/** How far the signer's clock may be off, either way. */
export const TIME_WINDOW_SECONDS = 300
