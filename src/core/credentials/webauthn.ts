/** WebAuthn level 3, by a library that is loaded only when somebody uses a passkey: it is large. */

import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server'
import { base64url } from 'jose'
import * as z from 'zod'
import type { Credential, Passkey } from '../../db/passkeys.ts'
import type { Deps } from '../../deps.ts'
import { AppError } from '../errors.ts'

export type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
}

type Config = Pick<Deps, 'config'>

const load = () => import('@simplewebauthn/server')

const encoder = new TextEncoder()
const decoder = new TextDecoder()

const rpId = ({ config }: Config) => new URL(config.PUBLIC_ORIGIN).hostname

/** How long the browser lets the person take. */
const PATIENCE_MS = 120_000

interface NewPasskey {
  userId: string
  /** What the person sees beside the passkey. */
  userName: string
  challenge: string
  /** Passkeys that the person has: an authenticator with one of them makes no other. */
  known: Passkey[]
}

/** A passkey proves who the person is without a username, so it must be discoverable and check the person. */
export async function creationOptions(
  deps: Config,
  passkey: NewPasskey,
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  const { generateRegistrationOptions } = await load()
  return generateRegistrationOptions({
    rpID: rpId(deps),
    rpName: rpId(deps),
    userID: encoder.encode(passkey.userId),
    userName: passkey.userName,
    userDisplayName: passkey.userName,
    challenge: passkey.challenge,
    timeout: PATIENCE_MS,
    attestationType: 'none',
    excludeCredentials: passkey.known.map(({ id, transports }) => ({ id, transports: transports as Transports })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  })
}

type Transports = NonNullable<RegistrationResponseJSON['response']['transports']>

export async function requestOptions(deps: Config, challenge: string): Promise<PublicKeyCredentialRequestOptionsJSON> {
  const { generateAuthenticationOptions } = await load()
  return generateAuthenticationOptions({
    rpID: rpId(deps),
    challenge,
    timeout: PATIENCE_MS,
    userVerification: 'required',
  })
}

/** The challenge that was answered, as text; whether it was one of ours is still to be found out. Throws `passkey_invalid`. */
export function challengeOf({ response }: RegistrationResponseJSON | AuthenticationResponseJSON): Promise<string> {
  return orInvalid(async () => toText(ClientData.parse(JSON.parse(toText(response.clientDataJSON))).challenge))
}

const ClientData = z.object({ challenge: z.string() })

/** The new credential. Throws `passkey_invalid`. */
export function readCreation(deps: Config, response: RegistrationResponseJSON, challenge: string): Promise<Credential> {
  return orInvalid(async () => {
    const { verifyRegistrationResponse } = await load()
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response,
      expectedChallenge: base64url.encode(challenge),
      expectedOrigin: deps.config.PUBLIC_ORIGIN,
      expectedRPID: rpId(deps),
      requireUserVerification: true,
    })
    if (!verified) throw new Error('not verified')
    const { credential, credentialBackedUp } = registrationInfo
    const { id, publicKey, counter, transports = [] } = credential
    return { id, publicKey: base64url.encode(publicKey), counter, transports, synced: credentialBackedUp }
  })
}

/** The signature counter; whether it grew is not looked at. Throws `passkey_invalid`. */
export function readAssertion(
  deps: Config,
  response: AuthenticationResponseJSON,
  { id, publicKey, userId }: Passkey,
  challenge: string,
): Promise<number> {
  return orInvalid(async () => {
    const { userHandle } = response.response
    if (userHandle && toText(userHandle) !== userId) throw new Error('the passkey is of another person')
    const { verifyAuthenticationResponse } = await load()
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response,
      expectedChallenge: base64url.encode(challenge),
      expectedOrigin: deps.config.PUBLIC_ORIGIN,
      expectedRPID: rpId(deps),
      credential: { id, publicKey: new Uint8Array(base64url.decode(publicKey)), counter: 0 },
      requireUserVerification: true,
    })
    if (!verified) throw new Error('not verified')
    return authenticationInfo.newCounter
  })
}

/** The library tells every failure by throwing. */
async function orInvalid<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (cause) {
    throw new AppError('passkey_invalid', { cause })
  }
}

const toText = (encoded: string) => decoder.decode(base64url.decode(encoded))
