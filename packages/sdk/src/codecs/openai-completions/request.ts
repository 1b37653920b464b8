import { badRequest } from '../../errors.ts'
import { isJsonObject, type JsonObject } from '../../types/json.ts'
import type { TextCompletionRequest } from '../../types/text-completion.ts'
import type { CallInfo, InboundInfo, WireRequest } from '../codec.ts'
import type { OpenaiCompletionsOptions } from './options.ts'

/** OpenAI's parameters of a text completion. Source: https://platform.openai.com/docs/api-reference/completions/create */
export const TEXT_COMPLETION_PARAMS: ReadonlySet<string> = new Set([
  ...[
    'best_of',
    'echo',
    'frequency_penalty',
    'logit_bias',
    'logprobs',
    'max_tokens',
    'n',
    'presence_penalty',
  ],
  ...['seed', 'stop', 'stream_options', 'suffix', 'temperature', 'top_p', 'user'],
])

/** Nulls are left out: OpenAI reads them as "not given", and strict servers refuse them. */
export function encodeRequest(
  request: TextCompletionRequest,
  info: CallInfo,
  { streamUsage }: OpenaiCompletionsOptions,
): WireRequest {
  const body: JsonObject = { ...request, model: info.model }
  for (const key in body) if (body[key] === null) delete body[key]
  delete body.stream
  delete body.stream_options
  if (info.stream) {
    body.stream = true
    if (streamUsage !== false) body.stream_options = { ...request.stream_options, include_usage: true }
  }
  return { body }
}

/** Checks what must hold before anything else looks at the request; unknown fields pass. */
export function decodeRequest(body: unknown, info: InboundInfo): TextCompletionRequest {
  if (!isJsonObject(body)) throw badRequest('The request body must be a JSON object.')
  const model = info.model ?? body.model
  if (typeof model !== 'string' || model === '')
    throw badRequest('model: must be a non-empty string naming a model.', 'model')
  checkPrompt(body.prompt)
  if (body.stream != null && typeof body.stream !== 'boolean')
    throw badRequest('stream: must be true or false.', 'stream')
  if (body.suffix != null && typeof body.suffix !== 'string')
    throw badRequest('suffix: must be a string.', 'suffix')
  checkLimit(body, 'max_tokens', 0)
  checkLimit(body, 'n', 1)
  checkLimit(body, 'best_of', 1)
  return info.model === undefined
    ? (body as TextCompletionRequest)
    : { ...body, model, prompt: body.prompt as string }
}

/** Without a prompt OpenAI writes a new document; here that is taken for a mistake. */
function checkPrompt(prompt: unknown): void {
  if (typeof prompt === 'string') return
  if (!Array.isArray(prompt) || prompt.length === 0)
    throw badRequest('prompt: must be a string, or a non-empty array of strings or tokens.', 'prompt')
  const [first] = prompt as unknown[]
  const fits = Array.isArray(first)
    ? (item: unknown) => Array.isArray(item) && item.length > 0 && item.every(isToken)
    : typeof first === 'string'
      ? (item: unknown) => typeof item === 'string'
      : isToken
  const wrong = prompt.findIndex(item => !fits(item))
  if (wrong !== -1)
    throw badRequest(
      `prompt[${wrong}]: all items must be strings, or all tokens, or all lists of tokens.`,
      `prompt[${wrong}]`,
    )
}

function isToken(item: unknown): boolean {
  return Number.isInteger(item) && (item as number) >= 0
}

function checkLimit(body: JsonObject, key: string, least: number): void {
  const value = body[key]
  if (value == null) return
  if (typeof value !== 'number' || !Number.isInteger(value) || value < least)
    throw badRequest(`${key}: must be a whole number of at least ${least}.`, key)
}
