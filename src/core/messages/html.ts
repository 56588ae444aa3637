/** The HTML form of a letter: one column, inline styles (mail programs know nothing else), every value escaped. */
interface HtmlLetter {
  locale: string
  subject: string
  paragraphs: string[]
  brand: string
  color: string | undefined
  link: string | undefined
  button: string | undefined
}

export function renderHtml({
  locale,
  subject,
  paragraphs,
  brand,
  color = '#0b5fff',
  link,
  button,
}: HtmlLetter): string {
  const text = paragraphs.map((paragraph) => `<p style="margin:0 0 16px">${escapeHtml(paragraph)}</p>`).join('')
  const action = link
    ? `<p style="margin:24px 0"><a href="${escapeHtml(link)}" style="background:${escapeHtml(color)};color:#fff;padding:12px 20px;border-radius:6px;text-decoration:none">${escapeHtml(button ?? link)}</a></p><p style="margin:0 0 16px;font-size:13px;word-break:break-all">${escapeHtml(link)}</p>`
    : ''
  return `<!doctype html><html lang="${locale}"><head><meta charset="utf-8"><title>${escapeHtml(subject)}</title></head><body style="margin:0;padding:32px;font:16px/1.5 system-ui,sans-serif;color:#1a1a1a"><div style="max-width:480px;margin:auto">${text}${action}<p style="margin:32px 0 0;color:#555">${escapeHtml(brand)}</p></div></body></html>`
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
