/** An authenticator app: it reads the QR code with its own decoder and shows codes. */
import assert from 'node:assert/strict'
import { decode } from 'fast-png'
import jsQR from 'jsqr'
import { URI } from 'otpauth'

/** What the QR code of a data URL says. */
export function scan(dataUrl: string): string {
  const [head, body = ''] = dataUrl.split(',')
  assert.equal(head, 'data:image/png;base64')
  const { width, height, data } = decode(Buffer.from(body, 'base64'))
  const rgba = new Uint8ClampedArray(width * height * 4)
  for (let pixel = 0; pixel < width * height; pixel++) rgba.fill(Number(data[pixel]), pixel * 4, pixel * 4 + 4)
  const found = jsQR(rgba, width, height)
  assert.ok(found, 'no QR code found')
  return found.data
}

/** The six digits for an `otpauth://` address at a time. */
export const codeAt = (uri: string, now: Date) => URI.parse(uri).generate({ timestamp: now.getTime() } as never)
