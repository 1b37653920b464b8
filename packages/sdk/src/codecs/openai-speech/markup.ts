/** True for a text that is written in SSML. Source: https://www.w3.org/TR/speech-synthesis11/ */
export function isMarkup(text: string): boolean {
  return text.trimStart().startsWith('<speak')
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

/** Text for an element or attribute of XML; characters that XML cannot hold become spaces. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, each => ESCAPES[each] ?? each).replace(FORBIDDEN, ' ')
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML 1.0 has no way to write.
// oxlint-disable-next-line no-control-regex
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g

/** A text spoken faster or slower; 1 is normal. */
export function withRate(escaped: string, speed: number | null | undefined): string {
  if (speed == null || speed === 1) return escaped
  return `<prosody rate="${Math.round(speed * 100)}%">${escaped}</prosody>`
}
