import type { Asked } from '../../answer/conversation.ts'
import { countTokens } from '../../answer/tokens.ts'
import { asObject, asObjects, asText, isObject, type JsonObject } from '../../json.ts'

/** What a request asks for. `items` are its input, `earlier` those of the response it continues. */
export function readResponse(
  body: JsonObject,
  model: string,
  items: readonly JsonObject[],
  earlier: readonly JsonObject[],
): Asked {
  const all = [...earlier, ...items]
  const lastUser = all.findLast(item => item.role === 'user')
  const lastUserText = textOf(lastUser?.content)
  const tools = asObjects(body.tools)
  const promptText = [
    asText(body.instructions),
    ...all.map(saidIn),
    ...tools.map(tool => JSON.stringify(tool)),
  ]
    .filter(Boolean)
    .join('\n')
  const format = asObject(asObject(body.text).format)
  const cacheKey = asText(body.prompt_cache_key)
  const { effort } = asObject(body.reasoning)
  return {
    model,
    stream: body.stream === true,
    promptText,
    lastUserText,
    imageBytes: imagesOf(lastUser?.content),
    toolResults: resultsOf(items),
    tools: tools
      .filter(tool => tool.type === 'function')
      .map(tool => ({ name: asText(tool.name), schema: tool.parameters })),
    toolChoice: toolChoiceOf(body.tool_choice),
    parallelTools: body.parallel_tool_calls !== false,
    structured: format.type === 'json_schema' ? format.schema : format.type === 'json_object' || undefined,
    thinking: typeof effort === 'string' && effort !== 'none',
    cache: cacheKey
      ? { prefix: cacheKey, tokens: Math.max(0, countTokens(promptText) - countTokens(lastUserText)) }
      : undefined,
    maxTokens: typeof body.max_output_tokens === 'number' ? body.max_output_tokens : undefined,
    stop: [],
    count: 1,
  }
}

function toolChoiceOf(choice: unknown): Asked['toolChoice'] {
  if (isObject(choice)) return choice.type === 'function' ? { name: asText(choice.name) } : 'auto'
  return choice === 'none' ? 'none' : choice === 'required' ? 'any' : 'auto'
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content
  return asObjects(content)
    .map(part => asText(part.text))
    .filter(Boolean)
    .join(' ')
}

function saidIn(item: JsonObject): string {
  if (item.type === 'function_call') return `${asText(item.name)} ${asText(item.arguments)}`
  return textOf(item.content ?? item.output)
}

function imagesOf(content: unknown): number[] {
  return asObjects(content)
    .filter(part => part.type === 'input_image')
    .map(part => asText(part.image_url))
    .map(url => (url.startsWith('data:') ? Buffer.from(url.slice(url.indexOf(',') + 1), 'base64').length : 0))
}

/** The tool results the conversation ends with. */
function resultsOf(items: readonly JsonObject[]): string[] {
  const isResult = (item: JsonObject) => asText(item.type).endsWith('_call_output')
  const from = items.findLastIndex(item => !isResult(item))
  return items.slice(from + 1).map(item => textOf(item.output))
}
