import { record, type Shape } from '../wire/shape.ts'
import type { Head } from '../wire/wire.ts'

/** Checks the query as if it were an object of texts, in a list where a name repeats. */
export function checkQuery(
  { query }: Head,
  required: Record<string, Shape>,
  optional: Record<string, Shape> = {},
): void {
  const names = [...new Set(query.keys())]
  const values = names.map(name => {
    const all = query.getAll(name)
    return [name, all.length > 1 ? all : all[0]]
  })
  record(required, optional)(Object.fromEntries(values), [])
}
