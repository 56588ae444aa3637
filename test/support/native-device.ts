/** A native app on a phone, with a key of its own (WebCrypto). */
import type { App } from './ask.ts'

const P256 = { name: 'ECDSA', namedCurve: 'P-256' }

export type NativeDevice = Awaited<ReturnType<typeof makeDevice>>

export async function makeDevice(app: App) {
  const { privateKey, publicKey } = await crypto.subtle.generateKey(P256, true, ['sign', 'verify'])
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', publicKey)
  const jwk = { kty, crv, x, y }
  let id = ''

  async function sign(text: string): Promise<string> {
    const bytes = new TextEncoder().encode(text)
    const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, privateKey, bytes)
    return Buffer.from(signature).toString('base64url')
  }

  const challenge = async (deviceId = id) =>
    (await app.post<{ challenge: string; expiresIn: number }>('/devices/challenge', { deviceId })).body.challenge

  const answer = (clientId: string, challenge: string, signature: string, deviceId = id) =>
    app.post<{ code: string }>('/devices/answer', { deviceId, challenge, signature, clientId })

  return {
    jwk,
    get id() {
      return id
    },
    sign,
    challenge,
    answer,
    async register(link: string, changes: object = {}) {
      const body = {
        publicKey: jwk,
        platform: 'android',
        name: 'Pixel',
        pushToken: 'a-push-token-of-somebody',
        ...changes,
      }
      const response = await app.post<{ status: boolean; device: { id: string }; reason?: string }>(link, body)
      if (response.status === 201) id = response.body.device.id
      return response
    },
    /** The whole way to a code. */
    async logIn(clientId: string) {
      const given = await challenge()
      return answer(clientId, given, await sign(given))
    },
  }
}
