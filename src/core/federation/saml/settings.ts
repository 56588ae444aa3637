/** What a connection says about its identity provider: written down by hand, or read from the provider's metadata. */
import type { SamlSettings } from '../../../db/schema.ts'
import type { Deps } from '../../../deps.ts'
import { refusedField } from '../../directory/refusals.ts'
import { AppError } from '../../errors.ts'
import { isPeerUrl } from '../peer-address.ts'
import { fetchFromPeer } from '../peer-fetch.ts'
import { isUsableCertificate } from './certificates.ts'
import { MOST_CERTIFICATES, type PeerMetadata, readPeerMetadata } from './peer-metadata.ts'
import { isServiceKey } from './service-provider.ts'

type Needed = Pick<Deps, 'config' | 'fetch' | 'now' | 'resolve'>

export interface GivenSettings {
  entityId?: string | undefined
  ssoUrl?: string | undefined
  certificates?: string[] | undefined
  /** Read at once, and its certificates again by the upkeep. */
  metadataUrl?: string | null | undefined
  /** The metadata itself; it is not kept. */
  metadata?: string | undefined
}

/**
 * The settings whole: what metadata says, and above it what was given by hand; `before` is what there was. Throws
 * `validation_failed`, which names the field, also where metadata cannot be had or read.
 */
export async function completeSettings(
  deps: Needed,
  { metadata, ...given }: GivenSettings,
  before: SamlSettings | null = null,
): Promise<SamlSettings> {
  const metadataUrl = given.metadataUrl === undefined ? (before?.metadataUrl ?? null) : given.metadataUrl
  const read =
    metadata !== undefined
      ? await readField('metadata', readPeerMetadata(new TextEncoder().encode(metadata), deps.now()))
      : given.metadataUrl
        ? await readField('metadataUrl', fetchMetadata(deps, given.metadataUrl))
        : undefined
  const settings = {
    entityId: given.entityId ?? read?.entityId ?? before?.entityId ?? '',
    ssoUrl: given.ssoUrl ?? read?.ssoUrl ?? before?.ssoUrl ?? '',
    certificates: given.certificates ?? read?.certificates ?? before?.certificates ?? [],
    metadataUrl,
  }
  await check(deps, settings)
  return settings
}

/** Throws `provider_failed`, `provider_unavailable` or `saml_refused`. */
export async function fetchMetadata(deps: Needed, url: string): Promise<PeerMetadata> {
  const response = await fetchFromPeer(deps, url, { headers: { accept: 'application/samlmetadata+xml, */*;q=0.5' } })
  if (!response.ok) throw new AppError('provider_failed', { cause: new Error(`HTTP ${response.status}`) })
  return readPeerMetadata(new Uint8Array(await response.arrayBuffer()), deps.now())
}

async function readField(name: string, reading: Promise<PeerMetadata>): Promise<PeerMetadata> {
  try {
    return await reading
  } catch (cause) {
    if (!(cause instanceof AppError)) throw cause
    const reason = cause.cause instanceof Error ? cause.cause.message : cause.title
    throw refusedField(['saml', name], `could not be read: ${reason}`)
  }
}

async function check(deps: Needed, { entityId, ssoUrl, certificates }: SamlSettings): Promise<void> {
  if (!entityId) throw refusedField(['saml', 'entityId'], 'is required, here or in the metadata')
  if (!isPeerUrl(deps, ssoUrl)) throw refusedField(['saml', 'ssoUrl'], 'must be an https URL of a public host')
  if (certificates.length === 0 || certificates.length > MOST_CERTIFICATES)
    throw refusedField(['saml', 'certificates'], `must be 1 to ${MOST_CERTIFICATES} certificates`)
  for (const [index, certificate] of certificates.entries())
    if (!(await isUsableCertificate(certificate)))
      throw refusedField(
        ['saml', 'certificates', index],
        'must be an X.509 certificate of RSA (2048 bits and more) or EC',
      )
}

/** `pem` is what was given as `spKey`. Throws `validation_failed`. */
export async function checkServiceKey(pem: string): Promise<void> {
  if (!(await isServiceKey(pem)))
    throw refusedField(
      ['saml', 'spKey'],
      'must be an RSA private key in PKCS#8 PEM, its certificate behind it if there is one',
    )
}
