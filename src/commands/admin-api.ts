/** The admin API of a running service. */

export interface AdminApi {
  address: string
  /** Throws what the service said when it refuses, with its status for a cause. */
  get<Answer>(path: string): Promise<Answer>
  post<Answer>(path: string, body: object): Promise<Answer>
  /** The resource that has these values, made with `more` if there is none. */
  ensure<Resource extends { id: string }>(path: string, key: Record<string, string>, more: object): Promise<Resource>
}

export function adminApi(address: string, apiKey: string): AdminApi {
  async function call<Answer>(method: string, path: string, body?: object): Promise<Answer> {
    const headers = { 'x-api-key': apiKey, 'content-type': 'application/json' }
    const response = await fetch(new URL(path, address), {
      method,
      headers,
      redirect: 'error',
      ...(body ? { body: JSON.stringify(body) } : {}),
    }).catch((cause: unknown) => {
      throw new Error(`There is no answer from ${address}.`, { cause })
    })
    const text = await response.text()
    if (!response.ok)
      throw new Error(`${method} ${path} was answered with ${response.status}: ${text.slice(0, 500)}`, {
        cause: { status: response.status },
      })
    return JSON.parse(text)
  }

  const post = <Answer>(path: string, body: object) => call<Answer>('POST', path, body)
  const get = <Answer>(path: string) => call<Answer>('GET', path)
  return {
    address,
    get,
    post,
    async ensure<Resource extends { id: string }>(path: string, key: Record<string, string>, more: object) {
      const { items } = await get<{ items: Resource[] }>(`${path}?${new URLSearchParams(key)}`)
      return items[0] ?? post<Resource>(path, { ...key, ...more })
    },
  }
}
