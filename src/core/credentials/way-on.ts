/** Where somebody goes on to after a link from a mail has done its work: to an application that is registered here. */
import type { Client } from '../../db/clients.ts'
import type { Tenant } from '../../db/principals.ts'

export interface WayOn {
  name: string
  url: string
}

type Known = Pick<Client, 'name' | 'status' | 'redirectUrl'>

/** The client that asked for the mail, by its front door; else the first service of the tenant. Undefined for neither. */
export function wayOn(client: Known | undefined, tenant: Tenant | null): WayOn | undefined {
  if (client?.status === 'active' && client.redirectUrl)
    return { name: client.name, url: new URL('/', client.redirectUrl).href }
  const [service] = tenant?.status === 'active' ? tenant.callbackUrls : []
  return tenant && service ? { name: tenant.branding.name, url: service } : undefined
}
