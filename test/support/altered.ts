/** The same text but for one character, never the very same; not the last one, whose lowest bits base64 leaves unused. */
export function altered(text: string, at = text.length - 2): string {
  return `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`
}
