import { isJsonArray, isJsonObject, type JsonObject, textOf } from '../../../types/json.ts'
import { eachMessage } from './each-message.ts'

interface Source {
  readonly url: string
  readonly title: string
}

/**
 * `citations` and `search_results` of a reply become OpenAI's `url_citation` annotations as well: one for each `[n]` in
 * the text, and one without a place for each source the text does not name. In a stream they come with the last chunk.
 */
export function citations(): (reply: JsonObject) => void {
  const texts = new Map<unknown, string>()
  let sources: readonly Source[] = []
  return reply => {
    const found = sourcesOf(reply)
    if (found.length > 0) sources = found
    eachMessage(reply, (message, choice) => {
      const text = (texts.get(choice.index) ?? '') + textOf(message.content)
      texts.set(choice.index, text)
      if (choice.message === undefined && choice.finish_reason == null) return
      if (sources.length > 0 && message.annotations === undefined)
        message.annotations = annotationsOf(text, sources)
    })
  }
}

function sourcesOf({ search_results: results, citations: urls }: JsonObject): readonly Source[] {
  if (isJsonArray(results) && results.length > 0)
    return results
      .filter(isJsonObject)
      .map(result => ({ url: textOf(result.url), title: textOf(result.title) || textOf(result.url) }))
  if (!isJsonArray(urls)) return []
  return urls.filter(url => typeof url === 'string').map(url => ({ url, title: url }))
}

function annotationsOf(text: string, sources: readonly Source[]): JsonObject[] {
  return sources.flatMap((source, index) => {
    const marker = `[${index + 1}]`
    const places = placesOf(marker, text)
    if (places.length === 0) return [annotation(source, 0, 0)]
    return places.map(start => annotation(source, start, start + marker.length))
  })
}

function annotation({ url, title }: Source, start: number, end: number): JsonObject {
  return { type: 'url_citation', url_citation: { url, title, start_index: start, end_index: end } }
}

function placesOf(marker: string, text: string): number[] {
  const places: number[] = []
  for (let at = text.indexOf(marker); at !== -1; at = text.indexOf(marker, at + marker.length))
    places.push(at)
  return places
}
