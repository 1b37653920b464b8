import { isAwsRegion } from '../../../credentials/aws/aws-region.ts'

/** Who made a model, as far as its own body tells them apart. */
export type BedrockFamily =
  | 'ai21'
  | 'anthropic'
  | 'cohere'
  | 'command'
  | 'deepseek'
  | 'llama'
  | 'mistral'
  | 'nova'
  | 'openai'
  | 'qwen2'
  | 'qwen3'
  | 'titan'
  | 'unknown'

export interface BedrockModel {
  /** The id in the path: without route, region and hint. */
  readonly id: string
  readonly route: 'converse' | 'invoke'
  /** True when the model's name says the route. */
  readonly isStated: boolean
  readonly family: BedrockFamily
}

/** LiteLLM's words before an ARN that tell which body the model behind it takes. */
const HINTS: Readonly<Record<string, BedrockFamily>> = {
  llama: 'llama',
  deepseek_r1: 'deepseek',
  qwen2: 'qwen2',
  qwen3: 'qwen3',
  openai: 'openai',
  moonshot: 'openai',
  nova: 'nova',
}

/** First match wins, on the id without a region in front. */
const FAMILIES: readonly (readonly [RegExp, BedrockFamily])[] = [
  [/claude/, 'anthropic'],
  [/nova/, 'nova'],
  [/titan/, 'titan'],
  [/command-r/, 'cohere'],
  [/cohere\.command/, 'command'],
  [/jamba/, 'openai'],
  [/ai21/, 'ai21'],
  [/deepseek[.-]r1/, 'deepseek'],
  [/llama/, 'llama'],
  [/mistral-large-2407|mistral-large-3|pixtral|ministral|magistral|devstral/, 'openai'],
  [/mistral|mixtral/, 'mistral'],
  [/gpt-oss|moonshot|kimi|deepseek|qwen|minimax|gemma|glm|zai\.|nemotron|writer|palmyra/, 'openai'],
]

/** Models whose chat is only to be had by their own bodies. */
const INVOKE_ONLY = /ai21\.j2/

/**
 * What LiteLLM's model strings say (`converse/…`, `us-west-2/…`, `llama/arn:…`). A plain id goes to Converse, which
 * knows every chat model of AWS's own list; an ARN with a hint to the model's own body.
 */
export function bedrockModel(model: string): BedrockModel {
  let route: BedrockModel['route'] | undefined
  let hint: BedrockFamily | undefined
  let rest = model
  for (;;) {
    const slash = rest.indexOf('/')
    const word = rest.slice(0, Math.max(0, slash))
    if (slash < 0 || word.startsWith('arn:')) break
    if (word === 'converse' || word === 'invoke') route = word
    else if (Object.hasOwn(HINTS, word)) hint = HINTS[word]
    else if (!isAwsRegion(word) && !word.endsWith('-commitment')) break
    rest = rest.slice(slash + 1)
  }
  const id = rest.toLowerCase()
  return {
    id: rest,
    route: route ?? (hint !== undefined || INVOKE_ONLY.test(id) ? 'invoke' : 'converse'),
    isStated: route !== undefined,
    family: hint ?? FAMILIES.find(([pattern]) => pattern.test(id))?.[1] ?? 'unknown',
  }
}

/** The id in the path: `model_id` of the deployment stands in for the model (provisioned, inference profiles). */
export function bedrockPath(operation: string) {
  return ({ model, deployment }: { model: string; deployment: { params?: object | undefined } }): string => {
    const { model_id: given } = (deployment.params ?? {}) as { model_id?: unknown }
    const id = typeof given === 'string' && given !== '' ? given : model
    return `/model/${encodeURIComponent(id)}/${operation}`
  }
}
