import { badRequest } from '../errors.ts'
import { isJsonObject, type JsonObject } from '../types/json.ts'
import type { Fallback, FallbackOption } from './fallbacks.ts'

/** Splits what a fallback is asked instead from how it is called. */
type Split = (params: JsonObject) => {
  readonly request: JsonObject
  readonly options: object | undefined
}

/** What a fallback may say of how it is called: where it is, and with whose key. */
const OWN_OPTIONS: ReadonlySet<string> = new Set([
  'apiKey',
  'apiBase',
  'apiVersion',
  'organization',
  'provider',
])

/**
 * LiteLLM's forms of fallbacks in a request: names (`["b"]`), objects with what is asked instead
 * (`[{"model": "b", "max_tokens": 5}]`), or lists by group (`[{"a": ["b"]}]`). Throws `BadRequestError` naming the entry.
 */
export function readFallbacks(value: unknown, key: string, split: Split): FallbackOption {
  if (!Array.isArray(value)) throw badRequest(`${key}: must be an array of model names.`, key)
  const items: readonly unknown[] = value
  if (!items.some(isByGroup)) return items.map((item, index) => readOne(item, `${key}[${index}]`, split))
  const lists = new Map<string, readonly Fallback[]>()
  items.forEach((item, index) => {
    const at = `${key}[${index}]`
    if (!isByGroup(item)) throw badRequest(`${at}: must be { group: [model names] } like the others.`, at)
    for (const [group, targets] of Object.entries(item))
      lists.set(
        group,
        targets.map((target, place) => readOne(target, `${at}.${group}[${place}]`, split)),
      )
  })
  return lists
}

function isByGroup(item: unknown): item is Readonly<Record<string, readonly unknown[]>> {
  return isJsonObject(item) && typeof item.model !== 'string' && Object.values(item).every(Array.isArray)
}

function readOne(item: unknown, key: string, split: Split): Fallback {
  if (typeof item === 'string') return item
  if (!isJsonObject(item) || typeof item.model !== 'string')
    throw badRequest(`${key}: must be a string, or an object with a model.`, key)
  const { model, ...rest } = item
  const { request: params, options = {} } = split(rest)
  for (const name in options)
    if (!OWN_OPTIONS.has(name))
      throw badRequest(`${key}: ${name} belongs to the whole call; send it beside fallbacks.`, key)
  if (params.stream !== undefined)
    throw badRequest(`${key}: stream belongs to the whole call; send it beside fallbacks.`, key)
  return { model, params, options }
}
