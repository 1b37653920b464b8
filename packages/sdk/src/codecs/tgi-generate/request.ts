import { isJsonObject, type JsonObject } from '../../types/json.ts'
import type { TextCompletionRequest } from '../../types/text-completion.ts'
import type { CallInfo, WireRequest } from '../codec.ts'
import { without } from '../gemini/request/fields.ts'
import { onePrompt } from '../openai-completions/codec.ts'
import { stopTexts } from '../stop-texts.ts'

/** OpenAI parameters the server can express. */
export const TGI_PARAMS: ReadonlySet<string> = new Set([
  'best_of',
  'echo',
  'frequency_penalty',
  'max_tokens',
  'seed',
  'stop',
  'temperature',
  'top_p',
])
const OWN = new Set([
  ...TGI_PARAMS,
  'model',
  'prompt',
  'n',
  'stream',
  'stream_options',
  'user',
  'metadata',
  'parameters',
])

/** Hub request → `{ inputs, parameters, stream }`. Fields of the server's own go among the parameters. */
export function encodeRequest(request: TextCompletionRequest, info: CallInfo): WireRequest {
  const parameters: JsonObject = {
    details: true,
    ...without(request, OWN),
    ...(isJsonObject(request.parameters) && request.parameters),
  }
  if (request.max_tokens != null) parameters.max_new_tokens = request.max_tokens
  if (request.seed != null) parameters.seed = request.seed
  if (request.frequency_penalty != null) parameters.frequency_penalty = request.frequency_penalty
  if (request.echo != null) parameters.return_full_text = request.echo
  if (request.best_of != null && request.best_of > 1) parameters.best_of = request.best_of
  const stops = stopTexts(request.stop, info)
  if (stops) parameters.stop = stops
  // The server wants a temperature above 0 and a share below 1; the bounds mean "no sampling" and "no limit".
  if (request.temperature === 0) parameters.do_sample = false
  else if (request.temperature != null)
    Object.assign(parameters, { temperature: request.temperature, do_sample: true })
  if (request.top_p != null && request.top_p < 1) parameters.top_p = request.top_p
  return { body: { inputs: onePrompt(request, info), parameters, stream: info.stream } }
}
