/** Asking for one-time codes and giving them back, for somebody of a world. */
import type { App } from './ask.ts'
import type { Tokens, World } from './world.ts'

/** `app` may be started later. */
export const oneTimeCodes = (app: () => App) => ({
  send: ({ client, user }: World, more: object = {}) => {
    const caller = { client_id: client.clientId, client_secret: client.clientSecret }
    return app().post('/auth/send-otp', { ...caller, key: user.username, ...more })
  },
  verify: ({ user }: World, otp: string, more: object = {}) =>
    app().post<{ code: string; recoveryCodes?: string[] }>('/auth/verify-otp', { key: user.username, otp, ...more }),
  exchange: ({ client }: World, code: string) => app().post<Tokens>('/auth/token', { code, clientId: client.clientId }),
  /** The newest of so many codes. */
  async sentCode({ user }: World, count = 1): Promise<string> {
    const [message] = await app().outbox(user.email, count)
    return message?.code ?? ''
  },
})
