/** How a tenant looks to its people. */
export type { Branding } from '../db/schema.ts'

const LEAST_CONTRAST = 4.5

/** The pages write on the colour (`#rrggbb`) in white, so it must be dark enough (WCAG 2.2, 1.4.3). */
export const isLegibleColor = (color: string) => contrastToWhite(color) >= LEAST_CONTRAST

function contrastToWhite(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) =>
    linear(Number.parseInt(color.slice(at, at + 2), 16) / 255),
  )
  return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)
}

const linear = (channel: number) => (channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4)
