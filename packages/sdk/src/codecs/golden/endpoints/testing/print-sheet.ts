/** JSON with whatever fits on a line kept on one: a sheet is there to be read. */
export function printSheet(value: unknown): string {
  return `${printed(value, '', 0)}\n`
}

const WIDTH = 160

function printed(value: unknown, indent: string, used: number): string {
  const line = JSON.stringify(value) ?? 'null'
  if (typeof value !== 'object' || value === null || indent.length + used + line.length <= WIDTH) return line
  const inner = `${indent}  `
  if (Array.isArray(value))
    return block(
      '[',
      ']',
      indent,
      value.map(item => inner + printed(item, inner, 0)),
    )
  const stated = Object.entries(value).filter(([, item]) => item !== undefined)
  return block(
    '{',
    '}',
    indent,
    stated.map(([key, item]) => {
      const name = `${JSON.stringify(key)}: `
      return inner + name + printed(item, inner, name.length)
    }),
  )
}

function block(open: string, close: string, indent: string, lines: readonly string[]): string {
  return lines.length === 0 ? open + close : `${open}\n${lines.join(',\n')}\n${indent}${close}`
}
