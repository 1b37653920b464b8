const BEGIN = '<!-- written by tools/docs.ts -->'
const END = '<!-- end of what tools/docs.ts wrote -->'

/** `page` with its generated part replaced; throws when the markers are missing. */
export function withGeneratedPart(page: string, part: string): string {
  const begin = page.indexOf(BEGIN)
  const end = page.indexOf(END)
  if (begin < 0 || end < begin) throw new Error(`the page lacks ${BEGIN} … ${END}`)
  return `${page.slice(0, begin + BEGIN.length)}\n\n${part}\n\n${page.slice(end)}`
}
