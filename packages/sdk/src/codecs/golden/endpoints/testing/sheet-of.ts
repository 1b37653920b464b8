import type { JsonObject } from '../../../../types/json.ts'
import { CASES } from './cases/all.ts'
import type { Column } from './columns.ts'
import { encodeCase } from './encode-case.ts'

/**
 * What columns of one format make of every case. A case that a column writes as the first one does, address and names
 * aside, is only named.
 */
export function sheetOf(columns: readonly Column[]): JsonObject {
  const [first] = columns
  return Object.fromEntries(columns.map(column => [titleOf(column), casesOf(column, first as Column)]))
}

function titleOf({ provider, model }: Column): string {
  return `${provider.name}: ${model}`
}

function casesOf(column: Column, first: Column): JsonObject {
  const own: JsonObject = {}
  const alike: string[] = []
  const sent = Object.entries<JsonObject>(CASES[column.endpoint]).map(
    ([name, asked]) => [name, asked, encodeCase(column, asked)] as const,
  )
  const usual = mostOf(sent.flatMap(([, , { ask }]) => (ask === undefined ? [] : [String(ask)])))
  for (const [name, asked, { ask, ...rest }] of sent) {
    const other = column === first ? undefined : encodeCase(first, asked)
    if (other && ask === usual && neutral(rest, column) === neutral(other, first)) alike.push(name)
    else own[name] = ask === usual ? rest : { ask, ...rest }
  }
  const ask = usual && { ask: usual }
  return { ...ask, ...(alike.length > 0 && { 'as the first': alike.join(', ') }), ...own }
}

function mostOf(texts: readonly string[]): string | undefined {
  const groups = [...Map.groupBy(texts, text => text)].sort(([, a], [, b]) => b.length - a.length)
  return groups[0]?.[0]
}

/** Without what always differs. */
function neutral({ ask: _, ...sent }: JsonObject, { model, provider, binding }: Column): string {
  const names = [provider.title, model, binding.model?.(model) ?? model, provider.name]
  return names.reduce(
    (text, name) => text.replaceAll(JSON.stringify(name).slice(1, -1), ''),
    JSON.stringify(sent),
  )
}
