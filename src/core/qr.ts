/** QR codes as PNG data URLs: what every browser and every mobile toolkit can show. */
import { encode as encodePng } from 'fast-png'
import { encode as encodeQr } from 'uqr'

const MODULE_PIXELS = 6
const BLACK = 0
const WHITE = 255

/** With the quiet zone of four modules that the standard asks for. */
export function qrDataUrl(text: string): string {
  const { data: modules, size } = encodeQr(text, { border: 4, ecc: 'M' })
  const width = size * MODULE_PIXELS
  const data = new Uint8Array(width * width)
  for (let y = 0; y < width; y++) {
    const row = modules[Math.floor(y / MODULE_PIXELS)]
    for (let x = 0; x < width; x++) data[y * width + x] = row?.[Math.floor(x / MODULE_PIXELS)] ? BLACK : WHITE
  }
  const png = encodePng({ width, height: width, data, channels: 1, depth: 8 })
  return `data:image/png;base64,${btoa(String.fromCharCode(...png))}`
}
