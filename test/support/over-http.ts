/** Asking a service that runs in a process of its own, from an address of one's choice. */

/** In which such a service is configured to look for the address. */
export const ADDRESS_HEADER = 'X-Address'

export function askOverHttp(origin: string, path: string, init: RequestInit, from: string): Promise<Response> {
  const headers = new Headers(init.headers)
  headers.set(ADDRESS_HEADER, from)
  return fetch(new URL(path, origin), { ...init, headers, redirect: 'manual' })
}
