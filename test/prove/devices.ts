/** What an application signs, and what its people's devices come in by. */
import type { App } from '../support/ask.ts'
import { manager } from '../support/devices.ts'
import { makeDevice } from '../support/native-device.ts'
import { headersV1, headersV2 } from '../support/signatures.ts'
import { makeWorld } from '../support/world.ts'
import { type Thing, wonWith } from './race.ts'

const PERSON = 'ada'

async function withPerson(app: App) {
  const { client } = await makeWorld(app)
  const application = manager(app, client)
  await application.add([PERSON])
  return { client, application }
}

const nonceOf = (version: string, sign: typeof headersV1): Thing => ({
  name: `HMAC nonce, version ${version}`,
  async prepare(app) {
    const { client } = await withPerson(app)
    const path = `/management/has_registered_mobile_device/${client.clientId}/${PERSON}`
    const headers = sign(app, client, path)
    return { send: () => app.get(path, headers), prize: wonWith(200), refusals: [401] }
  },
})

export const DEVICES: Thing[] = [
  nonceOf('1', headersV1),
  nonceOf('2', (app, client, path) => headersV2(app, client, 'GET', path) as ReturnType<typeof headersV1>),
  {
    name: 'registration link',
    async prepare(app) {
      const { application } = await withPerson(app)
      const device = await makeDevice(app)
      const link = await application.link(PERSON)
      return {
        send: () => device.register(link),
        prize: ({ status, body }) => (status === 201 ? (body as { device: { id: string } }).device.id : undefined),
        refusals: [410],
      }
    },
  },
  {
    name: 'challenge of a device',
    async prepare(app) {
      const { client, application } = await withPerson(app)
      const device = await makeDevice(app)
      await device.register(await application.link(PERSON))
      const challenge = await device.challenge()
      const signature = await device.sign(challenge)
      return {
        send: () => device.answer(client.clientId, challenge, signature),
        prize: wonWith(200, 'code'),
        refusals: [401],
      }
    },
  },
]
