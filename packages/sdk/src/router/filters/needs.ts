import { isJsonObject, type JsonObject } from '../../types/json.ts'
import type { Filter } from './filter.ts'

interface Need {
  /** The fact that says a model can do it. */
  readonly fact: string
  readonly words: string
  asked(request: JsonObject): boolean
}

const NEEDS: readonly Need[] = [
  {
    fact: 'supports_function_calling',
    words: 'call tools',
    asked: ({ tools }) => Array.isArray(tools) && tools.length > 0,
  },
  {
    fact: 'supports_response_schema',
    words: 'keep to a response schema',
    asked: ({ response_format: format }) => isJsonObject(format) && format.type === 'json_schema',
  },
  { fact: 'supports_vision', words: 'see images', asked: hasImages },
]

/**
 * Leaves out deployments that cannot do what the request needs: those known not to, and, where another of the group
 * is known to, those nobody knows it of.
 */
export const needs: Filter = {
  name: 'needs',
  prepare(ask, candidates, settings) {
    if (!settings.enablePreCallChecks) return undefined
    const wanted = NEEDS.filter(({ asked }) => asked(ask.request))
    if (wanted.length === 0) return undefined
    const known = wanted.filter(({ fact }) =>
      candidates.some(({ deployment }) => ask.facts(deployment)?.[fact] === true),
    )
    return ({ deployment }) => {
      const facts = ask.facts(deployment)
      const missing = wanted.find(need => {
        const can = facts?.[need.fact]
        return can === false || (can !== true && known.includes(need))
      })
      return missing && `it is not known to ${missing.words} (${missing.fact})`
    }
  },
}

function hasImages({ messages }: JsonObject): boolean {
  return Array.isArray(messages) && messages.some(hasImagePart)
}

function hasImagePart(message: unknown): boolean {
  if (!isJsonObject(message) || !Array.isArray(message.content)) return false
  return message.content.some(part => isJsonObject(part) && part.type === 'image_url')
}
