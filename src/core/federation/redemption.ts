/** What an authorization code is redeemed for, whichever protocol the provider speaks. */
import type { authorizationCodeGrantRequest } from 'oauth4webapi'
import type { Deps } from '../../deps.ts'
import type { Profile } from './profile.ts'

/** Kept sealed, for the refresh check and the logout. */
export interface ProviderTokens {
  accessToken: string
  refreshToken: string | null
  /** Epoch milliseconds; null where the provider does not say. */
  expiresAt: number | null
}

export interface Redeemed {
  profile: Profile
  tokens: ProviderTokens
}

/** What came back through the browser, and what was kept of the start. */
export interface Redemption {
  /** As the library has validated them. */
  parameters: Parameters<typeof authorizationCodeGrantRequest>[3]
  redirectUri: string
  /** PKCE (RFC 7636). */
  verifier: string
  nonce: string
}

export const expiryOf = ({ now }: Pick<Deps, 'now'>, seconds: number | undefined): number | null =>
  seconds === undefined ? null : now().getTime() + seconds * 1000
